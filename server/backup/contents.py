"""What a database holds, read without the models: a backup is also taken of one that is not upgraded yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, Engine, inspect, text

from core.db.changes import head
from core.errors import NotHere
from server import upgrading
from server.backup import postgres, sqlite_file
from server.backup.sqlite_file import Progress


class Contents(NamedTuple):
    """Which server's database it is, of which revision, and up to which commit."""

    server: str
    schema: str
    seq: int
    rolling: str
    committed_ms: int


def contents(db: Connection) -> Contents:
    """Reads it; the server is known by the fingerprint of its keys."""
    server = db.scalar(text("SELECT value FROM server_property WHERE name = 'keys'"))
    seq, rolling = head(db)
    at_ms = db.scalar(text("SELECT at_ms FROM commit_log WHERE seq = :seq"), {"seq": seq})
    return Contents(str(server), upgrading.revision_of(db) or "", seq, rolling, int(at_ms or 0))


def has_server(engine: Engine) -> bool:
    """Whether there is a database that a server was begun with; asks without making SQLite's file."""
    name = engine.url.database
    if engine.dialect.name == "sqlite" and not (name and Path(name).is_file()):
        return False
    return inspect(engine).has_table("server_property")


@contextmanager
def frozen(engine: Engine, target: Path, progress: Progress) -> Iterator[Connection]:
    """Copies the database into a file, and gives a look at exactly what was copied."""
    if not has_server(engine):
        raise NotHere(
            "server.no_database", "这里没有数据库", "请检查 ZHIYE_DATA_FOLDER 和 ZHIYE_DATABASE_URL"
        )
    if engine.dialect.name == "postgresql":
        with engine.execution_options(isolation_level="REPEATABLE READ").connect() as db:
            postgres.dump(engine, str(db.scalar(text("SELECT pg_export_snapshot()"))), target)
            yield db
        return
    sqlite_file.copy(Path(str(engine.url.database)), target, progress)
    copied = sqlite_file.reading(target)
    try:
        with copied.connect() as db:
            yield db
    finally:
        copied.dispose()
