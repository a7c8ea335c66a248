"""Opens a restored copy and proves it: whole, its chain unbroken, and where the backup says it stands."""

from typing import NamedTuple

from sqlalchemy import Engine, inspect, text

from core.audit.queries import verify
from core.clock import SystemClock
from core.db.base import Base
from core.db.store import Store
from core.errors import BadInput
from server import upgrading
from server.backup.contents import contents
from server.backup.generations import Generation, Manifest

_HINT = "请换一份备份；原来的数据库没有改变"


class Examined(NamedTuple):
    """What was found in the copy."""

    rows: dict[str, int]
    upgraded: str | None


def examine(engine: Engine, manifest: Manifest) -> Examined:
    """Upgrades the copy as a start of the server would, and reads all of it; raises ``BadInput`` for what is wrong."""
    if engine.dialect.name == "sqlite":
        _require_sound(engine)
    with engine.connect() as db:
        found = contents(db)
    if (found.server, found.seq, found.rolling) != (manifest.server, manifest.seq, manifest.rolling):
        raise BadInput("backup.differs", "备份里的数据库与备份清单不符", _HINT)
    done = upgrading.bring_up(engine, keep_copy=False)
    with Store(engine, SystemClock()).reading() as session:
        broken = verify(session)
    if broken is not None:
        raise BadInput("backup.audit", f"备份里的审计记录在第 {broken} 条处断开", _HINT)
    return Examined(_rows(engine), None if done is None else done.now)


def require_usable(generation: Generation) -> None:
    """Raises early, where nothing has been touched yet, for files that changed and for a newer program's tables."""
    if generation.manifest.schema:
        upgrading.Revisions().require_known(generation.manifest.schema)
    generation.require_intact()


def _require_sound(engine: Engine) -> None:
    """SQLite's own checks; PostgreSQL has checked what it has just read in."""
    with engine.connect() as db:
        words = db.execute(text("PRAGMA integrity_check(1)")).scalar()
        broken = db.execute(text("PRAGMA foreign_key_check")).all()
    if words != "ok" or broken:
        raise BadInput("backup.corrupt", f"备份里的数据库已损坏（{words}）", _HINT)


def _rows(engine: Engine) -> dict[str, int]:
    with engine.connect() as db:
        names = set(inspect(db).get_table_names()) & set(Base.metadata.tables)
        counted = {name: db.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in names}  # noqa: S608
    return {name: int(number or 0) for name, number in counted.items()}
