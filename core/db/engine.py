"""Makes engines: the server's on SQLite or PostgreSQL, a device's on an encrypted SQLite file; with all pragmas."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from core.errors import BadInput

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # a destroyed key or template must not be left in the file's free pages (D-2)
    "PRAGMA busy_timeout=15000",
    "PRAGMA temp_store=MEMORY",
)


def _begin_immediate(engine: Engine) -> None:
    """Lets every transaction take the write lock at once, so that none fails half-way with 'locked'."""

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
        connection.exec_driver_sql(f"BEGIN {mode}")


_SERVER = (
    "PRAGMA cache_size=-32000",  # a server's working set outgrows SQLite's default within a year of visits
    "PRAGMA wal_autocheckpoint=32000",  # 128 MB: pages that many commits touch are carried over once
)
_PATIENCE = {"connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""A PostgreSQL whose machine has gone is noticed within a minute; without this a thread would wait for hours."""
_DEVICE = ("PRAGMA cache_size=-16000",)


def _sqlite_connection(dbapi_connection: Any, more: Sequence[str]) -> None:
    # The driver's own BEGIN comes late and only for writes; the engine's "begin" event issues it instead.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in (*_PRAGMAS, *more):
        cursor.execute(pragma)
    cursor.close()


def server_engine(url: str) -> Engine:
    """Opens the server's database from an SQLAlchemy URL (``sqlite:///file`` or ``postgresql+psycopg://…``)."""
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    if url.startswith("postgresql+psycopg:"):
        # One for each thread of a server and some more: a connection beyond the pool is made and closed every time.
        return create_engine(url, pool_pre_ping=True, pool_size=16, connect_args=_PATIENCE)
    if not url.startswith("sqlite:"):
        raise BadInput("database-url", "数据库地址无法识别", "请使用 sqlite:///文件 或 postgresql://…")
    engine = create_engine(url, poolclass=QueuePool, pool_size=8)
    event.listen(engine, "connect", lambda connection, _record: _sqlite_connection(connection, _SERVER))
    _begin_immediate(engine)
    return engine


def device_engine(path: Path, key: bytes) -> Engine:
    """Opens a device's SQLCipher file with a raw 32-byte key; a wrong key is refused on the first use."""
    from sqlcipher3 import dbapi2

    if len(key) != 32:
        raise BadInput("device-key", "设备密钥长度不正确", "请重新配对本机")

    def connect() -> Any:
        connection = dbapi2.connect(str(path), timeout=15, check_same_thread=False)
        connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
        _sqlite_connection(connection, _DEVICE)
        return connection

    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, creator=connect, module=dbapi2, poolclass=QueuePool, pool_size=4)
    _begin_immediate(engine)
    return engine
