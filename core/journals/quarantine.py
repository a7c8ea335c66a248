"""What a revoked device still brings: kept unjudged, seen by managers alone, until one of them decides (D-1)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from core.clock import day_of_ms
from core.command import handles, lookup, spec_of
from core.context import Context
from core.devices.models import Device, DeviceContact
from core.errors import Conflict, NotAllowed, NotHere, Refused
from core.journals.acceptance import QUARANTINED
from core.journals.commands import RefuseQuarantine, ReleaseQuarantine
from core.journals.models import Journal, JournalEntry, QuarantineDecision
from core.wire.envelope import Entry, parse
from core.wire.push import Head

SHORTEST_REASON = 5
_NOBODY = ""


@dataclass(frozen=True, slots=True)
class Held:
    """One revoked device's quarantine: what is in it, and whether the device has brought all that it had."""

    device: Device
    entries: int
    days: list[str]
    kinds: dict[str, int]
    """How many of each command, by its Chinese title."""
    persons: dict[str, int]
    """How many speak of whom, by id."""
    left_ms: int | None


def of_agency(db: Session, agency_id: str) -> list[Held]:
    """The quarantines of an agency that wait for a decision, the device revoked last first."""
    devices = select(Device).where(Device.agency_id == agency_id, Device.revoked_ms.is_not(None))
    found = [_held(db, device) for device in db.scalars(devices.order_by(Device.revoked_ms.desc()))]
    return [one for one in found if one.entries]


def _held(db: Session, device: Device) -> Held:
    rows = db.scalars(_of(device.id)).all()
    entries = [parse(row.text.encode()) for row in rows]
    contact = db.get(DeviceContact, device.id)
    return Held(
        device=device,
        entries=len(rows),
        days=sorted({day_of_ms(row.t_ms).isoformat() for row in rows}),
        kinds=dict(Counter(_title(entry) for entry in entries)),
        persons=dict(Counter(_person(entry) for entry in entries)),
        left_ms=contact.left_ms if contact else None,
    )


def _of(device_id: str) -> Select[JournalEntry]:
    return (
        select(JournalEntry)
        .join(Journal, Journal.id == JournalEntry.journal_id)
        .where(Journal.device_id == device_id, JournalEntry.status == QUARANTINED.kept)
        .order_by(JournalEntry.t_ms, JournalEntry.id)
    )


def _title(entry: Entry) -> str:
    kind = lookup(entry.command, entry.version)
    return spec_of(kind).title if kind is not None else entry.command


class _Of(msgspec.Struct):
    person_id: str | None = None


def _person(entry: Entry) -> str:
    """Whom an entry speaks of; nobody where it does not say."""
    try:
        return msgspec.json.decode(entry.body, type=_Of).person_id or _NOBODY
    except msgspec.DecodeError:
        return _NOBODY


@handles(ReleaseQuarantine)
def release(ctx: Context, command: ReleaseQuarantine) -> dict[str, int]:
    """Lets the entries wait like those that a newer program brings: they are carried out after the commit."""
    return {"entries": _decide(ctx, command, "held", None)}


@handles(RefuseQuarantine)
def refuse(ctx: Context, command: RefuseQuarantine) -> dict[str, int]:
    """Keeps them without effect."""
    reason = command.reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise Refused(
            "quarantine.reason", f"拒收原因至少 {SHORTEST_REASON} 个字", "请写明原因后再提交", rule="D-1"
        )
    return {"entries": _decide(ctx, command, "void", reason)}


def _decide(
    ctx: Context, command: ReleaseQuarantine | RefuseQuarantine, status: str, reason: str | None
) -> int:
    device = ctx.db.get(Device, command.device_id)
    if device is None or device.agency_id != command.agency_id:
        raise NotHere("devices.unknown", "找不到这台设备", "请刷新后再试")
    count = _turn(ctx.db, device.id, status)
    if not count:
        raise NotHere("quarantine.empty", "这台设备没有待处理的隔离记录", "请刷新；可能已由他人处理")
    if count != command.entries:
        sentence = f"隔离记录已有变化：您看到的是 {command.entries} 条，现在是 {count} 条；什么也没有处理"
        raise Conflict("quarantine.changed", sentence, "请核对新的数量和内容后重新决定", rule="D-1")
    ctx.db.add(
        QuarantineDecision(
            id=ctx.command_id or "", device_id=device.id, at_ms=ctx.now_ms, released=reason is None, entries=count,
            reason=reason, actor_id=ctx.actor.id,
        )
    )  # fmt: skip
    return count


def _turn(db: Session, device_id: str, status: str) -> int:
    """How many entries it has turned: counted by the change itself, because a push may commit at any moment."""
    journals = select(Journal.id).where(Journal.device_id == device_id)
    inside = (JournalEntry.journal_id.in_(journals)) & (JournalEntry.status == QUARANTINED.kept)
    changed = update(JournalEntry).where(inside).values(status=status).returning(JournalEntry.id)
    return len(db.scalars(changed.execution_options(synchronize_session=False)).all())


def decisions(db: Session, agency_id: str) -> Sequence[QuarantineDecision]:
    """What managers have decided about the entries of an agency's devices, the newest first."""
    devices = select(Device.id).where(Device.agency_id == agency_id)
    found = select(QuarantineDecision).where(QuarantineDecision.device_id.in_(devices))
    return db.scalars(found.order_by(QuarantineDecision.at_ms.desc(), QuarantineDecision.id.desc())).all()


def has_left(db: Session, now_ms: int, device: Device, journal_id: str, head: Head) -> int | None:
    """Since when the server has all that a revoked device had: its journal ends where the server's ends.

    Called in a transaction of its own; what it looks at was committed by others before.
    """
    if device.revoked_ms is None:
        raise NotAllowed("devices.in_use", "本设备没有停用", "无需清除本机数据", rule="D-1")
    journal = db.get(Journal, journal_id)
    known = (journal.device_id, journal.dseq, journal.hash) if journal else None
    if known != (device.id, head.dseq, head.hash):
        return None
    contact = db.get(DeviceContact, device.id) or DeviceContact(
        device_id=device.id, seen_ms=now_ms, waiting=0
    )
    contact.left_ms = contact.left_ms or now_ms
    db.add(contact)
    return contact.left_ms


def has_more(db: Session, device_id: str) -> None:
    """A revoked device has brought something new: what was said of its end begins anew."""
    db.execute(update(DeviceContact).where(DeviceContact.device_id == device_id).values(left_ms=None))
