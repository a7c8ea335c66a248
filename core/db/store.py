"""One database with its clock: gives units of work for writing and cheap sessions for reading."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session, sessionmaker

from core.clock import Clock, ms_of
from core.db.base import Base
from core.db.history import before_flush

COMMIT_LOCK = 727_001
"""PostgreSQL advisory lock under which commits take their sequence."""
FACTS_LOCK = 727_002
"""PostgreSQL advisory lock under which facts are judged, and under which changes what they are judged by."""
SCHEMA_LOCK = 727_003
"""PostgreSQL advisory lock under which a server brings the tables to its own revision."""


class Store:
    """A database, its clock, and the two kinds of session that programs use on it."""

    def __init__(self, engine: Engine, clock: Clock, *, database_clock: bool = False) -> None:
        self.engine = engine
        self.clock = clock
        self._database_clock = database_clock
        self._writing = sessionmaker(engine, expire_on_commit=False)
        event.listen(self._writing, "before_flush", before_flush)
        one_state = (
            {"isolation_level": "REPEATABLE READ"} if self.is_postgresql else {"sqlite_begin": "DEFERRED"}
        )
        self._reading = sessionmaker(engine.execution_options(**one_state), expire_on_commit=False)

    @property
    def is_postgresql(self) -> bool:
        """Whether several processes may write at once, so that locks are needed."""
        return self.engine.dialect.name == "postgresql"

    @property
    def file(self) -> Path | None:
        """SQLite's file; None for a database that is none."""
        name = self.engine.url.database
        return None if self.is_postgresql or not name or name == ":memory:" else Path(name)

    def create_tables(self, tables: frozenset[str] | None = None) -> None:
        """Makes the tables that do not exist yet; ``tables`` names a device's share of them."""
        chosen = [t for t in Base.metadata.sorted_tables if tables is None or t.name in tables]
        Base.metadata.create_all(self.engine, tables=chosen)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: commits at the end of the block, rolls back when it raises."""
        with self._writing() as db, db.begin():
            yield db

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database and writes nothing."""
        with self._reading() as db:
            yield db

    def lock(self, db: Session, key: int) -> None:
        """Waits for a named lock until the transaction ends; SQLite has it from the transaction's begin."""
        if self.is_postgresql:
            db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})

    def now_ms(self, db: Session) -> int:
        """The server's time: the database's clock on PostgreSQL, so that several servers agree."""
        if self.is_postgresql and self._database_clock:
            row = db.execute(
                text("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
            ).scalar_one()
            return int(row)
        return ms_of(self.clock.now())

    def close(self) -> None:
        """Closes every connection."""
        self.engine.dispose()
