"""What the server answered about entries: its head as our position, and verdicts that a screen should show."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, select, update

from core.wire.push import MAX_ENTRIES, EntryVerdict
from sync.cache.rows import answered
from sync.cache.tables import ENTRY_VERDICT, PROVISIONAL

HELD, LET_GO = "held", "let_go"
_HELD_BACK = (HELD, LET_GO)
_WITHOUT_EFFECT = ("void", "tampered")
"""Kept by the server, but without effect: what a screen counts as refused."""


def keep_verdicts(db: Connection, verdicts: Sequence[EntryVerdict]) -> None:
    """Remembers what is not simply recorded; 'repeated' says nothing new about an entry."""
    told = [one for one in verdicts if one.status != "repeated"]
    plain = [one.id for one in told if one.status == "recorded"]
    # A restored server may record now what it refused before.
    db.execute(delete(ENTRY_VERDICT).where(ENTRY_VERDICT.c.entry_id.in_(plain)))
    values = [
        {"entry_id": one.id, "status": one.status, "rule": one.rule, "sentence": one.sentence}
        for one in told
        if one.status != "recorded"
    ]
    if values:
        db.execute(insert(ENTRY_VERDICT).prefix_with("OR REPLACE"), values)


def let_go(db: Connection, held: Sequence[str] | None) -> None:
    """Marks what the server held and holds no more; it is forgotten when what became of it has been pulled.

    A list that may be cut off, or that an older server did not send, says nothing about who is missing in it.
    """
    if held is None or len(held) >= MAX_ENTRIES:
        return
    gone = (ENTRY_VERDICT.c.status == HELD) & ENTRY_VERDICT.c.entry_id.not_in(held)
    db.execute(update(ENTRY_VERDICT).where(gone).values(status=LET_GO))


def held_ids(db: Connection) -> list[str]:
    """Entries of which the server has sent nothing yet, because it holds them or did until now."""
    return list(db.scalars(select(ENTRY_VERDICT.c.entry_id).where(ENTRY_VERDICT.c.status.in_(_HELD_BACK))))


def refused(db: Connection) -> int:
    """How many entries have no effect."""
    wanted = ENTRY_VERDICT.c.status.in_(_WITHOUT_EFFECT)
    return db.scalar(select(func.count()).select_from(ENTRY_VERDICT).where(wanted)) or 0


def verdicts(db: Connection) -> list[EntryVerdict]:
    """All verdicts that a screen should show, newest entry first."""
    shown = select(ENTRY_VERDICT).where(ENTRY_VERDICT.c.status != LET_GO)
    found = db.execute(shown.order_by(ENTRY_VERDICT.c.entry_id.desc()))
    return [
        EntryVerdict(id=row.entry_id, status=row.status, rule=row.rule, sentence=row.sentence)
        for row in found
    ]


def release_held(db: Connection) -> None:
    """Forgets that an entry was held once the server has sent what it made of it: called after a whole pull.

    A fact has a row of its own; a draft has none, and the server says of it only that it waits no more.
    """
    done = answered(db, held_ids(db))
    db.execute(delete(ENTRY_VERDICT).where(ENTRY_VERDICT.c.entry_id.in_(done)))
    db.execute(delete(ENTRY_VERDICT).where(ENTRY_VERDICT.c.status == LET_GO))


def unanswered_rows(db: Connection) -> frozenset[str]:
    """Ids of the rows that stand here only by what this device wrote and the server has not answered."""
    return frozenset(db.scalars(select(PROVISIONAL.c.row_id)))
