"""Takes pulled pages: stages them, then applies a whole scope and moves its cursor, all or nothing."""

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, Table, delete, insert, select, tuple_

from core.db.bulk import write_rows
from core.wire.push import ChangedRow, ChangePage, Cursor
from sync.cache import rows
from sync.cache.tables import ROW_SCOPE, SCOPE_HEAD, STAGED, SYNC_CURSOR

_Tables = Mapping[str, Table]


def next_cursor(db: Connection, scope: str) -> Cursor:
    """From where to go on pulling: after the last staged page, else after what was applied, else from zero."""
    staged = db.scalar(select(STAGED.c.page).where(STAGED.c.scope == scope).order_by(STAGED.c.part.desc()))
    if staged is not None:
        return msgspec.json.decode(staged, type=ChangePage).cursor
    found = db.execute(select(SYNC_CURSOR).where(SYNC_CURSOR.c.scope == scope)).first()
    return Cursor(seq=found.seq, rolling=found.rolling) if found else Cursor()


def stage(db: Connection, page: ChangePage) -> None:
    """Keeps a page until its scope is complete; a reset makes what was staged before it worthless."""
    if page.reset:
        unstage(db, page.scope)
    db.execute(insert(STAGED).values(scope=page.scope, page=msgspec.json.encode(page)))


def has_staged(db: Connection, scope: str) -> bool:
    """Whether pages of a scope wait, from a pull that was broken off."""
    return db.execute(select(STAGED.c.part).where(STAGED.c.scope == scope).limit(1)).first() is not None


def unstage(db: Connection, scope: str) -> None:
    """Throws staged pages of a scope away."""
    db.execute(delete(STAGED).where(STAGED.c.scope == scope))


def apply_staged(db: Connection, tables: _Tables, scope: str) -> bool:
    """Applies a scope's staged pages and moves its cursor, in the caller's transaction; tells of a reset."""
    last, reset = None, False
    for raw in db.scalars(select(STAGED.c.page).where(STAGED.c.scope == scope).order_by(STAGED.c.part)).all():
        page = msgspec.json.decode(raw, type=ChangePage)
        if page.reset:
            drop_scope(db, tables, scope)
            reset = True
        _put(db, tables, scope, page.rows)
        last = page
    if last is not None:
        set_cursor(db, last)
    unstage(db, scope)
    return reset


def apply_page(db: Connection, tables: _Tables, page: ChangePage) -> None:
    """Applies a scope's only page, which was never staged, and moves the cursor, in the caller's transaction."""
    _put(db, tables, page.scope, page.rows)
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


def _put(db: Connection, tables: _Tables, scope: str, changed: Sequence[ChangedRow]) -> None:
    """Tombstones first, so that a new row may take the unique value of one that has gone."""
    gone = [(one.table, one.id) for one in changed if one.gone or one.row is None]
    for some in rows.batches(gone):
        here = tuple_(ROW_SCOPE.c.table_name, ROW_SCOPE.c.row_id).in_(some)
        db.execute(delete(ROW_SCOPE).where(ROW_SCOPE.c.scope == scope, here))
    rows.forget_unscoped(db, tables, gone)
    present = [((one.table, one.id), one.row) for one in changed if not one.gone and one.row is not None]
    rows.keep(db, present)
    values = [{"table_name": name, "row_id": row_id, "scope": scope} for (name, row_id), _row in present]
    write_rows(db, ROW_SCOPE, values, "replace")
    rows.show(db, tables, ((name, row) for (name, _row_id), row in present))
