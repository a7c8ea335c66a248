"""Writes many rows by one prepared statement: the toolkit's own way looks at every value of every row."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Dialect, Table

Mode = Literal["insert", "update", "replace", "ignore"]
"""What becomes of a row whose key is there already: an error, its other columns' new values, or (on SQLite alone)
a row in its place, or nothing.
"""
_PREFIX = {"replace": "INSERT OR REPLACE", "ignore": "INSERT OR IGNORE"}


class _Prepared(NamedTuple):
    """A statement, how a row becomes its parameters, and which of these the database wants in another form."""

    sql: str
    pick: Callable[[dict[str, Any]], tuple[Any, ...]]
    forms: tuple[tuple[int, Callable[[Any], Any]], ...]


def write_rows(
    db: Connection,
    table: Table,
    rows: Sequence[dict[str, Any]],
    mode: Mode = "insert",
    *,
    updates: tuple[str, ...] | None = None,
) -> None:
    """Writes rows that all name the columns of the first; no column is filled in.

    ``updates`` are the columns that mode "update" brings up to date; all but the key, if not told.
    """
    if not rows:
        return
    columns = tuple(rows[0])
    sql, pick, forms = _prepared(db.dialect, table, columns, mode, updates)
    values = [pick(row) for row in rows]
    if forms:
        values = [_in_form(one, forms) for one in values]
    db.exec_driver_sql(sql, values)


def _in_form(values: tuple[Any, ...], forms: Sequence[tuple[int, Callable[[Any], Any]]]) -> tuple[Any, ...]:
    made = list(values)
    for place, form in forms:
        made[place] = form(made[place])
    return tuple(made)


@lru_cache(maxsize=256)
def _prepared(
    dialect: Dialect, table: Table, columns: tuple[str, ...], mode: Mode, updates: tuple[str, ...] | None
) -> _Prepared:
    name = dialect.identifier_preparer.quote
    sign = "%s" if dialect.name == "postgresql" else "?"
    places = ", ".join([sign] * len(columns))
    listed = ", ".join(name(column) for column in columns)
    sql = f"{_PREFIX.get(mode, 'INSERT')} INTO {name(table.name)} ({listed}) VALUES ({places})"
    if mode == "update":
        key = [column.name for column in table.primary_key]
        better = updates or tuple(column for column in columns if column not in key)
        newer = ", ".join(f"{name(column)} = excluded.{name(column)}" for column in better)
        sql += f" ON CONFLICT ({', '.join(map(name, key))}) DO UPDATE SET {newer}"
    found = ((i, _form(dialect, table, column)) for i, column in enumerate(columns))
    forms = tuple((i, form) for i, form in found if form is not None)
    if len(columns) == 1:
        (only,) = columns
        return _Prepared(sql, lambda row: (row[only],), forms)
    return _Prepared(sql, itemgetter(*columns), forms)


def _form(dialect: Dialect, table: Table, column: str) -> Callable[[Any], Any] | None:
    """How this database's driver wants the column's values, as the column's type knows it."""
    return table.c[column].type.dialect_impl(dialect).bind_processor(dialect)
