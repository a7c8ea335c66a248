"""What the server answered about entries: its head as our position, and verdicts that a screen should show."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, select

from core.wire.push import EntryVerdict
from sync.cache.rows import answered
from sync.cache.tables import ENTRY_VERDICT, PROVISIONAL

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


def refused(db: Connection) -> int:
    """How many entries have no effect."""
    wanted = ENTRY_VERDICT.c.status.in_(_WITHOUT_EFFECT)
    return db.scalar(select(func.count()).select_from(ENTRY_VERDICT).where(wanted)) or 0


def verdicts(db: Connection) -> list[EntryVerdict]:
    """All verdicts that a screen should show, newest entry first."""
    found = db.execute(select(ENTRY_VERDICT).order_by(ENTRY_VERDICT.c.entry_id.desc()))
    return [
        EntryVerdict(id=row.entry_id, status=row.status, rule=row.rule, sentence=row.sentence)
        for row in found
    ]


def release_held(db: Connection) -> None:
    """Forgets that an entry was held once the server has sent its row."""
    held = db.scalars(select(ENTRY_VERDICT.c.entry_id).where(ENTRY_VERDICT.c.status == "held")).all()
    done = answered(db, list(held))
    if done:
        db.execute(delete(ENTRY_VERDICT).where(ENTRY_VERDICT.c.entry_id.in_(done)))


def unanswered_rows(db: Connection) -> frozenset[str]:
    """Ids of the rows that stand here only by what this device wrote and the server has not answered."""
    return frozenset(db.scalars(select(PROVISIONAL.c.row_id)))
