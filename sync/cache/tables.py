"""Tables that the cache keeps for itself, beside the domain's: the server's rows as they came, and how far it is."""

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, Table, Text

VERSION = 1
"""Number of this layout; a cache of another layout is pulled anew."""

OWN = MetaData()

SERVER_ROW = Table(
    "server_row",
    OWN,
    Column("table_name", Text, primary_key=True),
    Column("row_id", Text, primary_key=True),
    Column("row", LargeBinary, nullable=False),
)
"""Every row as the server sent it: what unknown tables and columns wait in, and what a local change goes back to."""

ROW_SCOPE = Table(
    "row_scope",
    OWN,
    Column("table_name", Text, primary_key=True),
    Column("row_id", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Index("ix_row_scope_scope", "scope"),
)
"""In which scopes a row is seen; it goes when the last one goes."""

SYNC_CURSOR = Table(
    "sync_cursor",
    OWN,
    Column("scope", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("rolling", Text, nullable=False),
)
"""How far each scope has been pulled and applied."""

SCOPE_HEAD = Table(
    "scope_head",
    OWN,
    Column("scope", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("rolling", Text, nullable=False),
)
"""The last commit of a scope that is applied: while it stands there, nothing is asked. It only saves requests."""

STAGED = Table(
    "staged",
    OWN,
    Column("part", Integer, primary_key=True),
    Column("scope", Text, nullable=False, index=True),
    Column("page", LargeBinary, nullable=False),
)
"""Pages that were pulled and wait for the rest of their scope."""

PROVISIONAL = Table(
    "provisional",
    OWN,
    Column("table_name", Text, primary_key=True),
    Column("row_id", Text, primary_key=True),
)
"""Rows that the device's own unanswered facts have made or changed."""

ENTRY_VERDICT = Table(
    "entry_verdict",
    OWN,
    Column("entry_id", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("rule", Text),
    Column("sentence", Text),
)
"""Entries of which the server said something else than 'recorded', for the screen."""

SYNC_META = Table(
    "sync_meta",
    OWN,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""Marks: shape of the tables, and how far the journal is applied, answered and settled."""
