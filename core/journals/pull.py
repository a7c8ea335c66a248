"""What a device may pull: its scopes, and pages of changed rows in commit order, each ending at a whole commit."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

from sqlalchemy import Row, bindparam, select, text
from sqlalchemy.orm import Session

from core.db.base import Base, agency_scope, faces_scope, project_scope
from core.db.batches import listed, table_of
from core.db.changes import GENESIS, Commit, RowChange, revealer
from core.db.changes import head as commit_head
from core.db.vault import Vault
from core.devices.models import Device
from core.errors import NotAllowed
from core.wire.push import ChangedRow, ChangePage, Cursor

PAGE = 500
"""So many rows are a page, more only where one commit has more."""
TOGETHER = 1_000
"""With so many rows the pages of several scopes are one answer: about half a megabyte."""
_BATCH = 500
T = TypeVar("T")
_Change: TypeAlias = Row[str, str, int, bool]
_CHANGES = select(RowChange.table_name, RowChange.row_id, RowChange.seq, RowChange.gone).order_by(
    RowChange.seq, RowChange.table_name, RowChange.row_id
)
_PAGE = _CHANGES.where(
    RowChange.scope == bindparam("scope"),
    RowChange.seq > bindparam("after"),
    RowChange.seq <= bindparam("newest"),
).limit(bindparam("some"))
LAST_VISIT_MS = 24 * 3_600_000
"""S-8: how long after its project's end a visit can still be open."""
_ENDED = ("completed", "terminated")


def require_scopes(db: Session, device: Device, asked: Collection[str], now_ms: int) -> None:
    """Raises ``NotAllowed`` if any of these scopes is none of the device's."""
    (only,) = asked if len(asked) == 1 else ("",)
    if not set(asked) <= set(scopes_of(db, device, now_ms, only=only.partition(":")[2])):
        raise NotAllowed(
            "changes.scope", "本设备不能读取这部分数据", "设备会自动更新可读取的范围", rule="D-1"
        )


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
    return pages(db, vault, {scope: cursor}, limit)[0]


def pages(
    db: Session, vault: Vault, asked: Mapping[str, Cursor], limit: int = PAGE, together: int = TOGETHER
) -> list[ChangePage]:
    """The next page of each of the first of these scopes, at least one: of so many as have ``together`` rows."""
    # The head is read first: what commits while the pages are read belongs to the next ones.
    seq, rolling = commit_head(db.connection())
    newest, ours = Cursor(seq=seq, rolling=rolling), _ours(db, asked.values())
    cuts: list[_Cut] = []
    for scope, cursor in asked.items():
        cuts.append(_cut(db, scope, cursor, newest, limit) if cursor in ours else _Cut(scope, None, [], True))
        if sum(len(cut.rows) for cut in cuts) >= together:
            break
    heads = _heads(db, [cut for cut in cuts if not cut.more])
    values = _values(db, vault, [change for cut in cuts for change in cut.rows])
    return [_page(cut, heads.get(cut.scope), values) for cut in cuts]


class _Cut(NamedTuple):
    """What a page of a scope holds, before its rows are read; without an end its cursor is not ours."""

    scope: str
    end: Cursor | None
    rows: Sequence[_Change]
    more: bool


def _cut(db: Session, scope: str, cursor: Cursor, newest: Cursor, limit: int) -> _Cut:
    bounds = {"scope": scope, "after": cursor.seq, "newest": newest.seq, "some": limit + 1}
    rows = db.connection().execute(_PAGE, bounds).all()
    if len(rows) <= limit:
        return _Cut(scope, newest, rows, more=False)
    rows = _whole_commits(db, scope, rows[:limit], rows[limit].seq)
    return _Cut(scope, _cursor_at(db, rows[-1].seq), rows, more=True)


def _page(cut: _Cut, head: Cursor | None, values: Mapping[tuple[str, str], dict[str, Any]]) -> ChangePage:
    if cut.end is None:
        return ChangePage(scope=cut.scope, cursor=Cursor(), rows=[], more=True, reset=True)
    rows = []
    for table, row_id, _seq, gone in cut.rows:
        row = None if gone else values.get((table, row_id))
        rows.append(ChangedRow(table=table, id=row_id, gone=row is None, row=row))
    return ChangePage(scope=cut.scope, cursor=cut.end, rows=rows, more=cut.more, head=head)


def _heads(db: Session, whole: Sequence[_Cut]) -> dict[str, Cursor]:
    """As ``heads_of``; where a page has rows, the last of them is of the last commit."""
    last = {cut.scope: cut.rows[-1].seq for cut in whole if cut.rows}
    return _placed(db, last) | heads_of(db, [cut.scope for cut in whole if not cut.rows])


def heads_of(db: Session, scopes: Sequence[str]) -> dict[str, Cursor]:
    """The last commit that touched each scope; whoever has pulled up to there lacks nothing of it.

    The rolling hash makes it this history's: after a restored backup the same number is another commit.
    """
    wanted = table_of(db.connection(), "scopes", [("scope", "text")])
    newest = "SELECT max(seq) FROM row_change AS r WHERE r.scope = w.scope"  # one look at the index for each
    statement = text(f"SELECT w.scope, ({newest}) FROM {wanted} AS w")  # noqa: S608 - names from our code only
    return _placed(db, {scope: seq or 0 for scope, seq in db.execute(statement, {"scopes": listed(scopes)})})


def _placed(db: Session, numbers: Mapping[str, int]) -> dict[str, Cursor]:
    """The same with the rolling hashes of these commits."""
    rolling = {0: GENESIS}
    for some in _batches(sorted(set(numbers.values()))):
        rows = db.execute(select(Commit.seq, Commit.rolling).where(Commit.seq.in_(some)))
        rolling |= dict(rows.all())
    return {scope: Cursor(seq=seq, rolling=rolling[seq]) for scope, seq in numbers.items()}


def _ours(db: Session, cursors: Iterable[Cursor]) -> set[Cursor]:
    """Those that are places in this server's history, and the one before all of it."""
    wanted = set(cursors)
    found = {Cursor()} & wanted
    for numbers in _batches(sorted({cursor.seq for cursor in wanted})):
        rows = db.execute(select(Commit.seq, Commit.rolling).where(Commit.seq.in_(numbers)))
        found |= {Cursor(seq=seq, rolling=rolling) for seq, rolling in rows} & wanted
    return found


def _whole_commits(db: Session, scope: str, rows: Sequence[_Change], cut_seq: int) -> Sequence[_Change]:
    """Cuts a page at a commit boundary; a commit larger than a page is given whole, so that none is torn."""
    if rows[0].seq == cut_seq:
        return db.execute(_CHANGES.where(RowChange.scope == scope, RowChange.seq == cut_seq)).all()
    return [row for row in rows if row.seq < cut_seq]


def _cursor_at(db: Session, seq: int) -> Cursor:
    return Cursor(seq=seq, rolling=db.scalars(select(Commit.rolling).where(Commit.seq == seq)).one())


def _values(db: Session, vault: Vault, changed: Iterable[_Change]) -> dict[tuple[str, str], dict[str, Any]]:
    """The rows as they stand, by table and id; one that another scope shows, too, is read once."""
    by_table: dict[str, set[str]] = defaultdict(set)
    for table, row_id, _seq, gone in changed:
        if not gone:
            by_table[table].add(row_id)
    return {
        (table, row["id"]): row
        for table, ids in by_table.items()
        for row in _rows(db, vault, table, sorted(ids))
    }


def _rows(db: Session, vault: Vault, name: str, ids: list[str]) -> list[dict[str, Any]]:
    table = Base.metadata.tables[name]
    reveal = revealer(name)
    wanted = text(f"SELECT wanted FROM {table_of(db.connection(), 'ids', [('wanted', 'text')])} AS w")  # noqa: S608
    found = db.connection().execute(select(table).where(table.c.id.in_(wanted)), {"ids": listed(ids)})
    names = tuple(found.keys())
    rows = [dict(zip(names, row, strict=True)) for row in found.all()]
    return [reveal(db, vault, row) for row in rows] if reveal else rows


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Handfuls that one statement can take, however large a commit was."""
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))
