"""Turns a list of tuples into a table inside one SQL statement: 500 look-ups are one query on both databases."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection


def table_of(db: Connection, parameter: str, columns: Sequence[tuple[str, str]]) -> str:
    """SQL of a sub-select whose rows come from the JSON array in ``:parameter``; columns are (name, "text"|"int")."""
    if db.dialect.name == "postgresql":
        parts = (
            f"(item.value->>{i}){'::bigint' if kind == 'int' else ''} AS {name}"
            for i, (name, kind) in enumerate(columns)
        )
        source = f"jsonb_array_elements(CAST(:{parameter} AS jsonb)) AS item(value)"
        return f"(SELECT {', '.join(parts)} FROM {source})"  # noqa: S608 - names from our code only
    parts = (f"json_extract(value, '$[{i}]') AS {name}" for i, (name, _kind) in enumerate(columns))
    return f"(SELECT {', '.join(parts)} FROM json_each(:{parameter}))"  # noqa: S608 - likewise


def packed(rows: Sequence[Sequence[str | int | None]]) -> str:
    """The parameter for ``table_of``."""
    return msgspec.json.encode(rows).decode()


def listed(values: Sequence[str]) -> str:
    """The parameter for a one-column ``table_of``."""
    return msgspec.json.encode([[value] for value in values]).decode()
