"""The cache file: the domain's synced tables on an encrypted SQLite file, and the cache's own beside them."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateTable

from core.clock import Clock
from core.db.base import Base, Synced
from core.db.engine import device_engine
from core.db.history import FieldVersion
from core.db.store import Store
from core.disk import is_full
from sync.cache import tables as own
from sync.cache.marks import get_text, set_text
from sync.errors import Damaged, full

SHAPE = "shape"
LAYOUT = "layout"


class Cache:
    """One open cache; several threads may use it, each in transactions of its own."""

    def __init__(self, engine: Engine, clock: Clock, also: Iterable[str] = ()) -> None:
        """``also`` names tables that a program's handlers want to find, though their rows are never pulled."""
        self.store = Store(engine, clock)
        self.synced = synced_tables()
        extra = {FieldVersion.__tablename__, *also}
        self._tables = [*self.synced.values(), *(Base.metadata.tables[name] for name in sorted(extra))]

    def create(self) -> None:
        """Makes all tables and notes their shape."""
        Base.metadata.create_all(self.store.engine, tables=self._tables)
        own.OWN.create_all(self.store.engine)
        with self.writing() as db:
            set_text(db, SHAPE, self.shape())
            set_text(db, LAYOUT, str(own.VERSION))

    def shape(self) -> str:
        """A hash of all tables as this program wants them."""
        every = sorted([*self._tables, *own.OWN.tables.values()], key=lambda table: table.name)
        text = "\n".join(map(_written, every))
        return hashlib.sha256(text.encode()).hexdigest()

    def is_current(self) -> bool:
        """Whether the file has the tables that this program wants."""
        with self.reading() as db:
            return get_text(db, SHAPE) == self.shape()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction on the cache's tables; for facts there is the bus."""
        with self.store.engine.begin() as db:
            yield db

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A look at one state of the cache."""
        with self.store.reading() as session:
            yield session.connection()

    def close(self) -> None:
        """Closes every connection."""
        self.store.close()


@cache
def _written(table: Table) -> str:
    """The statement that makes a table."""
    return str(CreateTable(table).compile(dialect=sqlite.dialect()))


@contextmanager
def storage_trouble(file: Path | None) -> Iterator[None]:
    """A busy, full or failing disk as known trouble: the transaction was rolled back, and it can be done again.

    ``file`` is the cache's, to know whether its disk is full.
    """
    try:
        yield
    except OperationalError as error:
        if is_full(error, file):
            raise full("数据暂时无法更新") from error
        hint = "请检查磁盘空间；稍后会自动重试。"
        raise Damaged("cache-storage", "本机数据暂时无法读写磁盘。", hint) from error


def synced_tables() -> Mapping[str, Table]:
    """The tables that take part in sync, by name; whoever composes the program has loaded the catalogue."""
    found = {}
    for mapper in Base.registry.mappers:
        table = mapper.local_table
        if issubclass(mapper.class_, Synced) and isinstance(table, Table):
            found[table.name] = table
    return found


def cache_engine(path: Path, key: bytes) -> Engine:
    """The engine of a cache file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return device_engine(path, key)
