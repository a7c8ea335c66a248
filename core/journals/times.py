"""Settles the trusted times of a journal's tail when entries arrive, so that the cost does not grow with its length."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from core.db.base import table_for
from core.journals.acceptance import TAMPERED
from core.journals.models import JournalEntry
from core.wire.timeline import AnchorPoint, Evidence, Trusted, settle

_SAID = [
    "dseq",
    "id",
    "status",
    "wall_ms",
    "boot_id",
    "boot_ms",
    "anchor_ms",
    "anchor_boot_ms",
    "t_ms",
    "proof",
    "final",
]
_TIMES = select(*(table_for(JournalEntry).c[name] for name in _SAID)).order_by(JournalEntry.dseq)


@dataclass(frozen=True, slots=True)
class Settled:
    """Times of the new entries by number, anchors among them, and known entries whose time changed."""

    new: dict[int, Trusted]
    anchors: dict[int, AnchorPoint]
    changed: list[tuple[str, int, str]]


def settle_tail(db: Session, journal_id: str, evidence: Sequence[tuple[int, Evidence]]) -> Settled:
    """Settles from the last known anchor on; the answer is that of the whole journal (S-11)."""
    if not evidence:
        return Settled({}, {}, [])
    tail = _tail(db, journal_id)
    known = [_evidence(row) for row in tail]
    floor = tail[0].t_ms if tail else None
    trusted = settle([*known, *(one for _dseq, one in evidence)], floor)
    changed: list[tuple[str, int, str]] = []
    for row, now in zip(tail, trusted, strict=False):
        if (row.t_ms, row.proof, row.final) != (now.ms, now.proof, now.final):
            if row.status != TAMPERED.status:  # its id is another entry's, whose time it shall not move
                changed.append((row.id, now.ms, now.proof))
            _keep(db, journal_id, row.dseq, now)
    new = {dseq: now for (dseq, _one), now in zip(evidence, trusted[len(tail) :], strict=True)}
    anchors = {dseq: one.anchor for dseq, one in evidence if one.anchor is not None}
    return Settled(new, anchors, changed)


def _tail(db: Session, journal_id: str) -> Sequence[Row[Any]]:
    """What the known entries from the last anchor on say of time; their texts stay where they are."""
    connection, mine = db.connection(), JournalEntry.journal_id == journal_id
    last = connection.scalar(
        select(func.max(JournalEntry.dseq)).where(mine, JournalEntry.anchor_ms.is_not(None))
    )
    return connection.execute(_TIMES.where(mine, JournalEntry.dseq >= (last or 1))).all()


def _evidence(row: Row[Any]) -> Evidence:
    anchor = None
    if row.anchor_ms is not None and row.anchor_boot_ms is not None:
        anchor = AnchorPoint(row.anchor_ms, row.anchor_boot_ms)
    return Evidence(row.wall_ms, row.boot_id, row.boot_ms, anchor)


def _keep(db: Session, journal_id: str, dseq: int, now: Trusted) -> None:
    db.execute(
        update(JournalEntry)
        .where(JournalEntry.journal_id == journal_id, JournalEntry.dseq == dseq)
        .values(t_ms=now.ms, proof=now.proof, final=now.final)
        .execution_options(synchronize_session=False)
    )
