"""What a device may pull: its scopes, and pages of changed rows in commit order, each ending at a whole commit."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from core.db.base import Base, agency_scope, faces_scope, project_scope
from core.db.batches import listed, table_of
from core.db.changes import GENESIS, Commit, RowChange, revealer
from core.db.changes import head as commit_head
from core.db.vault import Vault
from core.devices.models import Device
from core.wire.push import ChangedRow, ChangePage, Cursor

PAGE = 500
_BATCH = 500
T = TypeVar("T")
_Change: TypeAlias = Row[str, str, int, bool]
_CHANGES = select(RowChange.table_name, RowChange.row_id, RowChange.seq, RowChange.gone).order_by(
    RowChange.seq, RowChange.table_name, RowChange.row_id
)
LAST_VISIT_MS = 24 * 3_600_000
"""S-8: how long after its project's end a visit can still be open."""
_ENDED = ("completed", "terminated")


def may_pull(db: Session, device: Device, scope: str, now_ms: int) -> bool:
    """Whether a scope is one of the device's; only its own project is looked at."""
    return scope in scopes_of(db, device, now_ms, only=scope.partition(":")[2])


def scopes_of(db: Session, device: Device, now_ms: int, *, only: str = "") -> list[str]:
    """The scopes of a device: its agency, the agency's projects, and on kiosks their people's faces (D-2);
    of the projects ``only`` one, if it is named.

    A revoked device needs nothing any more (D-1).
    """
    if device.revoked_ms is not None:
        return []
    projects = db.execute(
        text(
            "SELECT p.id, p.base_state, s.from_ms FROM project AS p "
            "LEFT JOIN project_state AS s ON s.project_id = p.id AND s.until_ms IS NULL "
            "WHERE p.agency_id = :agency AND (:only = '' OR p.id = :only) ORDER BY p.id"
        ),
        {"agency": device.agency_id, "only": only},
    )
    found = [agency_scope(device.agency_id)]
    for project_id, state, since_ms in projects:
        found.append(project_scope(project_id))
        if device.kind == "kiosk" and _needs_faces(state, since_ms, now_ms):
            found.append(faces_scope(project_id))
    return found


def _needs_faces(state: str, since_ms: int | None, now_ms: int) -> bool:
    """A drafted project needs no faces yet; one that has ended needs them while somebody may end his visit (S-7)."""
    if state in _ENDED:
        return since_ms is not None and now_ms - since_ms <= LAST_VISIT_MS
    return state != "saved"


def changes(db: Session, vault: Vault, scope: str, cursor: Cursor, limit: int = PAGE) -> ChangePage:
    """The next page of a scope; ``reset`` when the cursor is not of this server's history."""
    if not _is_ours(db, cursor):
        return ChangePage(scope=scope, cursor=Cursor(), rows=[], more=True, reset=True)
    # The head is read first: what commits while the page is read belongs to the next page.
    seq, rolling = commit_head(db.connection())
    newest = Cursor(seq=seq, rolling=rolling)
    asked = _CHANGES.where(RowChange.scope == scope, RowChange.seq > cursor.seq, RowChange.seq <= newest.seq)
    rows = list(db.execute(asked.limit(limit + 1)))
    more = len(rows) > limit
    if more:
        rows = _whole_commits(db, scope, rows[:limit], rows[limit].seq)
    end = _cursor_at(db, rows[-1].seq) if more else newest
    head = None if more else heads_of(db, [scope])[scope]
    return ChangePage(scope=scope, cursor=end, rows=_filled(db, vault, rows), more=more, head=head)


def heads_of(db: Session, scopes: Sequence[str]) -> dict[str, Cursor]:
    """The last commit that touched each scope; whoever has pulled up to there lacks nothing of it.

    The rolling hash makes it this history's: after a restored backup the same number is another commit.
    """
    found: dict[str, int] = {}
    for some in _batches(scopes):
        newest = [
            select(func.max(RowChange.seq)).where(RowChange.scope == one).scalar_subquery() for one in some
        ]
        found |= {scope: seq or 0 for scope, seq in zip(some, db.execute(select(*newest)).one(), strict=True)}
    rolling = {0: GENESIS}
    for numbers in _batches(sorted(set(found.values()))):
        rolling |= {row.seq: row.rolling for row in db.scalars(select(Commit).where(Commit.seq.in_(numbers)))}
    return {scope: Cursor(seq=seq, rolling=rolling[seq]) for scope, seq in found.items()}


def _is_ours(db: Session, cursor: Cursor) -> bool:
    if cursor.seq == 0:
        return cursor.rolling == GENESIS
    rolling = db.scalar(select(Commit.rolling).where(Commit.seq == cursor.seq))
    return rolling == cursor.rolling


def _whole_commits(db: Session, scope: str, rows: list[_Change], cut_seq: int) -> list[_Change]:
    """Cuts a page at a commit boundary; a commit larger than a page is given whole, so that none is torn."""
    if rows[0].seq == cut_seq:
        return list(db.execute(_CHANGES.where(RowChange.scope == scope, RowChange.seq == cut_seq)))
    return [row for row in rows if row.seq < cut_seq]


def _cursor_at(db: Session, seq: int) -> Cursor:
    return Cursor(seq=seq, rolling=db.scalars(select(Commit.rolling).where(Commit.seq == seq)).one())


def _filled(db: Session, vault: Vault, changed: list[_Change]) -> list[ChangedRow]:
    by_table: dict[str, list[str]] = defaultdict(list)
    for change in changed:
        if not change.gone:
            by_table[change.table_name].append(change.row_id)
    values = {
        (table, row["id"]): row for table, ids in by_table.items() for row in _rows(db, vault, table, ids)
    }
    found = []
    for change in changed:
        row = values.get((change.table_name, change.row_id))
        found.append(ChangedRow(table=change.table_name, id=change.row_id, gone=row is None, row=row))
    return found


def _rows(db: Session, vault: Vault, name: str, ids: list[str]) -> list[dict[str, Any]]:
    table = Base.metadata.tables[name]
    reveal = revealer(name)
    wanted = text(f"SELECT wanted FROM {table_of(db.connection(), 'ids', [('wanted', 'text')])} AS w")  # noqa: S608
    found = db.execute(select(table).where(table.c.id.in_(wanted)), {"ids": listed(ids)})
    names = tuple(found.keys())
    rows = [dict(zip(names, row, strict=True)) for row in found]
    return [reveal(db, vault, row) for row in rows] if reveal else rows


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Handfuls that one statement can take, however large a commit was."""
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))
