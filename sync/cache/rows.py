"""Rows as the server sent them, and the same rows in the domain's tables, whatever the table."""

import base64
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, LargeBinary, Table, delete, select, tuple_

from core.db.bulk import write_rows
from sync.cache.tables import ROW_SCOPE, SERVER_ROW

Key = tuple[str, str]
"""Table and id of a row."""
BATCH = 500


class _Columns(NamedTuple):
    """A table's columns: their names, which of them hold bytes, and what stands in for those that may be left out."""

    names: tuple[str, ...]
    binary: tuple[str, ...]
    defaults: dict[str, Any]


@cache
def _columns_of(table: Table) -> _Columns:
    names = tuple(column.name for column in table.columns)
    binary = tuple(column.name for column in table.columns if isinstance(column.type, LargeBinary))
    defaults: dict[str, Any] = {column.name: None for column in table.columns if column.nullable}
    for column in table.columns:
        if column.default is not None and column.default.is_scalar:
            defaults[column.name] = column.default.arg  # type: ignore[attr-defined]
    return _Columns(names, binary, defaults)


def values_of(table: Table, row: Mapping[str, Any]) -> dict[str, Any] | None:
    """The row for the table as this program knows it; None if something is missing that the table needs.

    It came as JSON: bytes are base64 there.
    """
    names, binary, defaults = _columns_of(table)
    try:
        values = {name: row[name] if name in row else defaults[name] for name in names}
    except KeyError:
        return None
    for name in binary:
        if row.get(name) is not None:
            values[name] = base64.b64decode(row[name])
    return values


def show(db: Connection, tables: Mapping[str, Table], rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Writes rows into the domain's tables; those of unknown tables wait as they are."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for name, row in rows:
        values = values_of(tables[name], row) if name in tables else None
        if values is not None:
            found[name].append(values)
    for name, values_list in found.items():
        # Two rows may swap a unique value; the later one takes it, and the other one follows in the same pull.
        write_rows(db, tables[name], values_list, "replace")


def hide(db: Connection, tables: Mapping[str, Table], keys: Iterable[Key]) -> None:
    """Takes rows out of the domain's tables."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, row_id in keys:
        if name in tables:
            found[name].append(row_id)
    for name, ids in found.items():
        for some in batches(ids):
            db.execute(delete(tables[name]).where(tables[name].c.id.in_(some)))


def keep(db: Connection, rows: Sequence[tuple[Key, Mapping[str, Any]]]) -> None:
    """Keeps rows as the server sent them."""
    values = [
        {"table_name": name, "row_id": row_id, "row": msgspec.json.encode(row)}
        for (name, row_id), row in rows
    ]
    write_rows(db, SERVER_ROW, values, "replace")


def kept(db: Connection, keys: Sequence[Key]) -> list[tuple[str, dict[str, Any]]]:
    """Kept rows among these, as (table, row)."""
    found = []
    for some in batches(keys):
        wanted = tuple_(SERVER_ROW.c.table_name, SERVER_ROW.c.row_id).in_(some)
        for name, row in db.execute(select(SERVER_ROW.c.table_name, SERVER_ROW.c.row).where(wanted)):
            found.append((name, msgspec.json.decode(row)))
    return found


def answered(db: Connection, ids: Sequence[str]) -> set[str]:
    """Which of these ids the server has sent a row of, in any table: it has judged that fact."""
    found: set[str] = set()
    for some in batches(ids):
        found.update(db.scalars(select(SERVER_ROW.c.row_id).where(SERVER_ROW.c.row_id.in_(some))))
    return found


def forget_unscoped(db: Connection, tables: Mapping[str, Table], keys: Sequence[Key]) -> None:
    """Drops those of these rows that no scope shows any more."""
    gone: list[Key] = []
    for some in batches(keys):
        columns = tuple_(ROW_SCOPE.c.table_name, ROW_SCOPE.c.row_id)
        still = {
            (name, row_id)
            for name, row_id in db.execute(
                select(ROW_SCOPE.c.table_name, ROW_SCOPE.c.row_id).where(columns.in_(some))
            )
        }
        gone += [key for key in some if key not in still]
    hide(db, tables, gone)
    for some in batches(gone):
        db.execute(delete(SERVER_ROW).where(tuple_(SERVER_ROW.c.table_name, SERVER_ROW.c.row_id).in_(some)))


def batches(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """The items in handfuls that one statement can take."""
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))
