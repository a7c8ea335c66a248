"""Brings the server's database to the tables of this program: by one server alone, and all of it or nothing."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import structlog
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, inspect, text

from core import catalogue
from core.attachments.models import BlobRow
from core.db.base import Base
from core.db.store import SCHEMA_LOCK
from core.errors import BadInput
from server.backup import sqlite_file
from server.migrations.baseline import BASELINE

REGISTERED = (catalogue, BlobRow)
"""What has to be imported before tables are made and commands are decoded."""

VERSION_TABLE = "alembic_version"
_FOLDER = Path(__file__).parent / "migrations"
_BASELINE = "0001"
log = structlog.get_logger()


class Upgrade(NamedTuple):
    """From which revision a database was brought to which, and where the copy from before lies, if there is one."""

    before: str | None
    now: str
    copy: Path | None


class Revisions:
    """The revisions that this program knows, in order; ``more`` names a folder with some that come after them."""

    def __init__(self, more: Path | None = None) -> None:
        self.config = Config()
        places = [_FOLDER / "versions", *([] if more is None else [more])]
        options = {
            "script_location": str(_FOLDER),
            "path_separator": "os",
            "version_locations": os.pathsep.join(map(str, places)),
            "file_template": "r%(rev)s_%(slug)s",
        }
        for name, value in options.items():
            self.config.set_main_option(name, value.replace("%", "%%"))
        self._script = ScriptDirectory.from_config(self.config)
        self.head = str(self._script.get_current_head())

    def require_known(self, revision: str) -> None:
        """Raises for a database that a newer program has written."""
        if revision not in {known.revision for known in self._script.walk_revisions()}:
            sentence = f"数据库由更新版本的程序写成（版本 {revision}，本程序到 {self.head}）"
            raise BadInput("schema.newer", sentence, "请使用升级后的程序；数据没有改变")

    def stamp(self, db: Connection, revision: str) -> None:
        """Writes down how far the database is."""
        MigrationContext.configure(db).stamp(self._script, revision)

    def run(self, db: Connection) -> None:
        """Runs what is missing, on this connection and in its transaction."""
        self.config.attributes["connection"] = db
        command.upgrade(self.config, "head")


def revision_of(db: Connection) -> str | None:
    """How far a database is; None if it has no revision yet."""
    if not inspect(db).has_table(VERSION_TABLE):
        return None
    found = db.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - a constant
    return None if found is None else str(found)


def require_current(engine: Engine) -> None:
    """Raises where the tables are not those of this program: only a start of the server changes them."""
    revisions = Revisions()
    with _looking(engine) as db:
        revision = revision_of(db)
    if revision == revisions.head:
        return
    if revision is not None:
        revisions.require_known(revision)
    sentence = f"数据库还是旧版本（{revision or '无版本号'}），本程序需要 {revisions.head}"
    hint = "请先停止服务器并备份，再运行 migrate 或启动 serve；什么也没有改变"
    raise BadInput("schema.older", sentence, hint)


def bring_up(engine: Engine, revisions: Revisions | None = None, *, keep_copy: bool = True) -> Upgrade | None:
    """Makes or upgrades the tables; None if there was nothing to do. A file that is changed is copied before."""
    revisions = revisions or Revisions()
    with _looking(engine) as db:
        before, empty = revision_of(db), not _ours(db)
    if before == revisions.head:
        return None
    if before is not None:
        revisions.require_known(before)
    kept = None if empty or not keep_copy else _copied(engine, revisions.head)
    with _alone(engine) as db:
        before = revision_of(db)
        if before == revisions.head:
            return None  # another server has just done it
        _upgrade(db, revisions, before)
    log.info("schema_upgraded", before=before, now=revisions.head)
    return Upgrade(before, revisions.head, kept)


def options(dialect: str) -> dict[str, Any]:
    """How revisions run, and what counts when tables are compared with the models."""

    def counts(thing: Any, _name: str, kind: str, reflected: bool, other: Any) -> bool:
        if reflected and kind == "table" and other is None:
            return False  # somebody else's, in the same database
        only = getattr(
            thing, "_ddl_if", None
        )  # the libraries compare what is for the other database alone, too
        return only is None or only.dialect == dialect

    return {
        "target_metadata": Base.metadata, "render_as_batch": True, "compare_type": True,
        "compare_server_default": True, "include_object": counts,
    }  # fmt: skip


def difference(db: Connection, metadata: MetaData) -> list[Any]:
    """What would have to change for the database to have exactly these tables."""
    context = MigrationContext.configure(db, opts=options(db.dialect.name))
    return list(compare_metadata(context, metadata))


def _upgrade(db: Connection, revisions: Revisions, before: str | None) -> None:
    if before is not None:
        revisions.run(db)
    elif _ours(db):
        _adopt(db)
        revisions.stamp(db, _BASELINE)
        revisions.run(db)
    else:
        Base.metadata.create_all(db)  # what all revisions together make: a test holds them to it
        revisions.stamp(db, revisions.head)


def _ours(db: Connection) -> set[str]:
    """The tables of this program that there are."""
    return set(inspect(db).get_table_names()) & set(BASELINE.tables)


def _adopt(db: Connection) -> None:
    """Takes over a database from before there were revisions: its rows have to fit, its indexes are made anew."""
    BASELINE.create_all(db)
    for table in BASELINE.tables.values():
        known = {index["name"] for index in inspect(db).get_indexes(table.name)}
        for index in table.indexes:
            if index.name in known:
                index.drop(db)
            index.create(db)
    found = difference(db, BASELINE)
    if found:
        sentence = "数据库由正式版之前的程序建立，它的表与本程序不符"
        hint = f"数据没有改变；请用建立它的程序继续使用，或联系开发者（{len(found)} 处：{found[0]}）"
        raise BadInput("schema.unknown", sentence, hint)


def _copied(engine: Engine, target: str) -> Path | None:
    """A copy of SQLite's file from before; on PostgreSQL the whole upgrade is one transaction, and backups are made."""
    name = engine.url.database
    if engine.dialect.name != "sqlite" or not name:
        return None
    file = Path(name)
    kept = file.with_name(f"{file.name}.before-{target}")
    sqlite_file.copy(file, kept, lambda _done, _total: None)
    for older in file.parent.glob(f"{file.name}.before-*"):
        if older != kept:
            older.unlink()
    return kept


@contextmanager
def _looking(engine: Engine) -> Iterator[Connection]:
    with engine.execution_options(sqlite_begin="DEFERRED").connect() as db:
        yield db


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """One transaction in which nobody else upgrades."""
    with engine.connect() as db:
        guarded = _without_foreign_keys(db) if engine.dialect.name == "sqlite" else nullcontext()
        with guarded, db.begin():
            if engine.dialect.name == "postgresql":
                db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SCHEMA_LOCK})
            yield db
            _require_references(db)


@contextmanager
def _without_foreign_keys(db: Connection) -> Iterator[None]:
    """Lets tables be made anew: SQLite would delete what refers to the old ones. It is told before the transaction."""
    raw: Any = db.connection.driver_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def _require_references(db: Connection) -> None:
    """Raises when a revision has left a row that refers to nothing; the transaction is rolled back by that."""
    if db.dialect.name != "sqlite":
        return
    broken = db.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        tables = "、".join(sorted({str(row[0]) for row in broken}))
        sentence = f"升级会使 {len(broken)} 行失去引用（{tables}）"
        raise BadInput("schema.references", sentence, "升级没有进行，数据没有改变；请联系开发者")
