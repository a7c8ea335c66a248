"""Carries out what was held: entries of newer programs, once this server knows their commands."""

import uuid
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.bus import Bus, Fact
from core.command import lookup
from core.context import Actor
from core.devices.models import Device
from core.journals.acceptance import Own, Ruling, accept, own
from core.journals.models import Journal, JournalEntry
from core.journals.recording import record
from core.wire.envelope import Entry, parse
from core.wire.push import MAX_ENTRIES

_NAMESPACE = uuid.UUID("0b6a1c52-5a0e-5b0e-8d0f-6a4e0c9d7f13")
_WAITING = (
    select(JournalEntry)
    .where(JournalEntry.status == "held")
    .order_by(JournalEntry.t_ms, JournalEntry.id, JournalEntry.journal_id)
)


def waiting(db: Session, device_id: str) -> list[str]:
    """Ids of a device's entries that are not carried out yet, in any of its journals: the first of a push's size."""
    mine = select(Journal.id).where(Journal.device_id == device_id)
    # As the index has it: the statement has to name the two words, no parameters.
    waits = text("status IN ('held', 'quarantined')")
    found = select(JournalEntry.id).where(JournalEntry.journal_id.in_(mine), waits)
    return list(db.scalars(found.order_by(JournalEntry.journal_id, JournalEntry.dseq).limit(MAX_ENTRIES)))


class _Known(NamedTuple):
    """A held entry that this program can read: its row, what was written, whose it is, what becomes of it."""

    row: JournalEntry
    entry: Entry
    device: Device
    ruling: Ruling


def carry_out(bus: Bus) -> int:
    """Records in the order of trusted times what this program has learned to read; says how many entries it were.

    Called when a server starts. All in one transaction under the facts' lock: of several servers the first does it.
    """
    with bus.store.reading() as db:
        first = next((row.id for row in db.scalars(_WAITING) if _is_known(parse(row.text.encode()))), None)
    if first is None:
        return 0
    occasion = Actor("job", str(uuid.uuid5(_NAMESPACE, f"held/{first}")))
    with bus.transaction(occasion, facts=True) as work:
        known = _read(work.ctx.db)
        record(bus, work, [fact for one in known for fact in _fact(one)])
        for one in known:
            one.row.status = one.ruling.status
    return len(known)


def _is_known(entry: Entry) -> bool:
    return lookup(entry.command, entry.version) is not None


def _read(db: Session) -> list[_Known]:
    found, mine = [], dict[str, Own]()
    for row in db.scalars(_WAITING).all():
        entry = parse(row.text.encode())
        if _is_known(entry):
            device = db.get_one(Device, db.get_one(Journal, row.journal_id).device_id)
            if device.id not in mine:
                mine[device.id] = own(db, device)
            found.append(_Known(row, entry, device, accept(entry, device, mine[device.id])))
    return found


def _fact(known: _Known) -> list[Fact]:
    row, entry, command = known.row, known.entry, known.ruling.command
    if command is None:
        return []
    actor = Actor(entry.actor.kind, entry.actor.id)
    return [Fact(entry.id, command, actor, known.device.id, row.t_ms, row.proof, row.hash)]
