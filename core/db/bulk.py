"""Writes many rows by one statement: the toolkit's own way looks at every value of every row."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Literal, NamedTuple

import msgspec
from sqlalchemy import Boolean, Connection, Dialect, LargeBinary, Table

Mode = Literal["insert", "update", "replace"]
"""What becomes of a row whose key is there already: an error, its other columns' new values, or (on SQLite alone)
a row in its place.
"""


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
    """Writes rows that all name the columns of the first, no two with one key; no column is filled in.

    Numbers are finite, and a column of JSON is never None: the two databases would keep different things.

    ``updates`` are the columns that mode "update" brings up to date; all but the key, if not told.
    """
    if not rows:
        return
    columns = tuple(rows[0])
    if db.dialect.name == "postgresql":
        whole = msgspec.json.encode(_readable(table, columns, rows)).decode()
        db.exec_driver_sql(_from_json(db.dialect, table, columns, mode, updates), (whole,))
        return
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
    """SQLite's way: a statement that runs once for each row."""
    name = dialect.identifier_preparer.quote
    verb = "INSERT OR REPLACE" if mode == "replace" else "INSERT"
    listed = ", ".join(map(name, columns))
    sql = f"{verb} INTO {name(table.name)} ({listed}) VALUES ({', '.join('?' * len(columns))})"
    sql += _on_conflict(dialect, table, columns, mode, updates)
    found = ((i, _form(dialect, table, column)) for i, column in enumerate(columns))
    forms = tuple((i, form) for i, form in found if form is not None)
    if len(columns) == 1:
        (only,) = columns
        return _Prepared(sql, lambda row: (row[only],), forms)
    return _Prepared(sql, itemgetter(*columns), forms)


@lru_cache(maxsize=256)
def _from_json(
    dialect: Dialect, table: Table, columns: tuple[str, ...], mode: Mode, updates: tuple[str, ...] | None
) -> str:
    """PostgreSQL's way: all rows are one JSON value, of which the server makes rows of the table's own types."""
    name = dialect.identifier_preparer.quote
    listed, into = ", ".join(map(name, columns)), name(table.name)
    rows = f"json_populate_recordset(CAST(NULL AS {into}), %s)"
    sql = f"INSERT INTO {into} ({listed}) SELECT {listed} FROM {rows}"  # noqa: S608 - names from our code only
    return sql + _on_conflict(dialect, table, columns, mode, updates)


def _on_conflict(
    dialect: Dialect, table: Table, columns: tuple[str, ...], mode: Mode, updates: tuple[str, ...] | None
) -> str:
    if mode != "update":
        return ""
    name = dialect.identifier_preparer.quote
    key = [column.name for column in table.primary_key]
    better = updates or tuple(column for column in columns if column not in key)
    newer = ", ".join(f"{name(column)} = excluded.{name(column)}" for column in better)
    return f" ON CONFLICT ({', '.join(map(name, key))}) DO UPDATE SET {newer}"


def _form(dialect: Dialect, table: Table, column: str) -> Callable[[Any], Any] | None:
    """How SQLite's driver wants the column's values; truth values and bytes it takes as they are."""
    kind = table.c[column].type
    if isinstance(kind, Boolean | LargeBinary):
        return None
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _readable(
    table: Table, columns: tuple[str, ...], rows: Sequence[dict[str, Any]]
) -> Sequence[dict[str, Any]]:
    """The rows with bytes as PostgreSQL reads them in a text."""
    binary = [column for column in columns if isinstance(table.c[column].type, LargeBinary)]
    if not binary:
        return rows
    return [row | {name: _hex(row[name]) for name in binary} for row in rows]


def _hex(value: bytes | None) -> str | None:
    return None if value is None else "\\x" + value.hex()
