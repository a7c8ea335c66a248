"""Takes pulled pages: stages them, then applies a whole scope and moves its cursor, all or nothing."""

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, Table, delete, func, insert, select, tuple_

from core.db.bulk import write_rows
from core.wire.push import ChangedRow, ChangePage, Cursor
from sync.cache import rows
from sync.cache.tables import ROW_SCOPE, SCOPE_HEAD, STAGED, SYNC_CURSOR

_Tables = Mapping[str, Table]
_LAST_PARTS = select(func.max(STAGED.c.part)).group_by(STAGED.c.scope)


def next_cursors(db: Connection, scopes: Sequence[str]) -> dict[str, Cursor]:
    """From where to go on pulling: after the last staged page, else after what was applied, else from zero."""
    found = {row.scope: Cursor(seq=row.seq, rolling=row.rolling) for row in db.execute(select(SYNC_CURSOR))}
    for raw in db.scalars(select(STAGED.c.page).where(STAGED.c.part.in_(_LAST_PARTS))):
        page = msgspec.json.decode(raw, type=ChangePage)
        found[page.scope] = page.cursor
    return {scope: found.get(scope, Cursor()) for scope in scopes}


def stage(db: Connection, page: ChangePage) -> None:
    """Keeps a page until its scope is complete; a reset makes what was staged before it worthless."""
    if page.reset:
        unstage(db, page.scope)
    db.execute(insert(STAGED).values(scope=page.scope, page=msgspec.json.encode(page)))


def staged_scopes(db: Connection) -> set[str]:
    """The scopes of which pages wait, from a pull that was broken off."""
    return set(db.scalars(select(STAGED.c.scope).distinct()))


def unstage(db: Connection, scope: str) -> None:
    """Throws staged pages of a scope away."""
    db.execute(delete(STAGED).where(STAGED.c.scope == scope))


def apply_staged(db: Connection, tables: _Tables, scope: str) -> bool:
    """Applies a scope's staged pages and moves its cursor, in the caller's transaction; tells of a reset."""
    staged = db.scalars(select(STAGED.c.page).where(STAGED.c.scope == scope).order_by(STAGED.c.part)).all()
    pages = [msgspec.json.decode(raw, type=ChangePage) for raw in staged]
    reset = any(page.reset for page in pages)
    if reset:
        drop_scope(db, tables, scope)
    for page in pages:
        apply_pages(db, tables, [page])
    unstage(db, scope)
    return reset


def apply_pages(db: Connection, tables: _Tables, pages: Sequence[ChangePage]) -> None:
    """Applies pages of different scopes and moves their cursors, in the caller's transaction.

    Tombstones first, so that a new row may take the unique value of one that has gone.
    """
    for page in pages:
        _take_out(db, tables, page.scope, [(one.table, one.id) for one in page.rows if one.row is None])
    _put(db, tables, [(page.scope, one) for page in pages for one in page.rows if one.row is not None])
    for page in pages:
        set_cursor(db, page)


def set_cursor(db: Connection, last: ChangePage) -> None:
    """Keeps how far a scope is applied; to be called with the rows of its last page, in one transaction."""
    places = [(SYNC_CURSOR, last.cursor)]
    if last.head is not None:
        places.append((SCOPE_HEAD, last.head))
    db.execute(delete(SCOPE_HEAD).where(SCOPE_HEAD.c.scope == last.scope))
    for table, at in places:
        values = {"scope": last.scope, "seq": at.seq, "rolling": at.rolling}
        db.execute(insert(table).prefix_with("OR REPLACE").values(**values))


def heads(db: Connection) -> dict[str, Cursor]:
    """The last applied commits of those scopes of which no page waits."""
    waits = select(STAGED.c.scope)
    found = db.execute(select(SCOPE_HEAD).where(SCOPE_HEAD.c.scope.not_in(waits)))
    return {row.scope: Cursor(seq=row.seq, rolling=row.rolling) for row in found}


def drop_scope(db: Connection, tables: _Tables, scope: str) -> None:
    """Forgets a scope: its rows that no other scope shows, and its cursor."""
    inside = ROW_SCOPE.c.scope == scope
    found = db.execute(select(ROW_SCOPE.c.table_name, ROW_SCOPE.c.row_id).where(inside))
    keys = [(name, row_id) for name, row_id in found]
    db.execute(delete(ROW_SCOPE).where(inside))
    rows.forget_unscoped(db, tables, keys)
    for place in (SYNC_CURSOR, SCOPE_HEAD):
        db.execute(delete(place).where(place.c.scope == scope))


def held_scopes(db: Connection) -> set[str]:
    """The scopes of which the cache holds anything."""
    return {*db.scalars(select(SYNC_CURSOR.c.scope)), *db.scalars(select(STAGED.c.scope).distinct())}


def _take_out(db: Connection, tables: _Tables, scope: str, gone: Sequence[rows.Key]) -> None:
    for some in rows.batches(gone):
        here = tuple_(ROW_SCOPE.c.table_name, ROW_SCOPE.c.row_id).in_(some)
        db.execute(delete(ROW_SCOPE).where(ROW_SCOPE.c.scope == scope, here))
    rows.forget_unscoped(db, tables, gone)


def _put(db: Connection, tables: _Tables, changed: Sequence[tuple[str, ChangedRow]]) -> None:
    """Keeps rows, each seen in a scope; of a row that several show the later one holds."""
    present = [((one.table, one.id), one.row) for _scope, one in changed if one.row is not None]
    rows.keep(db, present)
    values = [{"table_name": one.table, "row_id": one.id, "scope": scope} for scope, one in changed]
    write_rows(db, ROW_SCOPE, values, "replace")
    rows.show(db, tables, ((name, row) for (name, _row_id), row in present))
