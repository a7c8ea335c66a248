"""A statement is compiled once in a run of the suite, not once for each of its thousands of databases."""

from functools import partial
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from core.db import engine

_STATEMENTS: dict[Any, Any] = {}


def pytest_configure() -> None:
    """Engines share what they have compiled; two dialects are the same if kind and driver are: all else in them is."""
    dialects: tuple[Any, ...] = (SQLiteDialect_pysqlite, PGDialect_psycopg)
    for dialect in dialects:
        dialect.__hash__, dialect.__eq__ = _hash, _equal
    module: Any = engine
    module.create_engine = partial(create_engine, execution_options={"compiled_cache": _STATEMENTS})


def _hash(dialect: Any) -> int:
    return hash((type(dialect), dialect.dbapi))


def _equal(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one.dbapi is other.dbapi
