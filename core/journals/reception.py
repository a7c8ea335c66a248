"""Receives what a device pushes: follows the chain, keeps the bytes, settles the times, hands facts to the bus."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text

from core.audit.recorder import head as audit_head
from core.bus import Bus, Fact, Work
from core.command import FactOutcome, retime
from core.context import Actor, Context
from core.crashpoints import reach
from core.db.base import table_for
from core.db.batches import listed, table_of
from core.db.bulk import write_rows
from core.devices.models import Device
from core.errors import BadInput, NotAllowed
from core.form import keepable
from core.journals import sealed
from core.journals.acceptance import QUARANTINED, TAMPERED, Own, Ruling, accept, own
from core.journals.held import waiting
from core.journals.models import Journal, JournalEntry
from core.journals.quarantine import has_more
from core.journals.recording import record
from core.journals.times import Settled, settle_tail
from core.wire.anchors import evidence_of
from core.wire.chain import Link, follow, link
from core.wire.envelope import ANCHOR, OPENED, Entry, content_hash, genesis
from core.wire.push import MAX_ENTRIES, EntryVerdict, Head, PushAnswer, PushRequest, WireEntry
from core.wire.signing import head_is_signed

_CLOCK_ENTRIES = (ANCHOR, OPENED)
_RECORDED, _REPEATED = Ruling("recorded"), Ruling("repeated")


@dataclass(frozen=True, slots=True)
class ServerKeys:
    """What the server needs to check and open: its box secret, and the public keys that sign its anchors."""

    box_secret: bytes
    anchor_publics: tuple[bytes, ...]


def receive(bus: Bus, keys: ServerKeys, device: Device, request: PushRequest) -> PushAnswer:
    """Takes a push in one transaction; a broken rule is a verdict, and one bad entry blocks none behind it."""
    if len(request.entries) > MAX_ENTRIES:
        raise BadInput("push.size", "一次上传的记录过多", "请分批上传")
    links = [link(wire.text.encode()) for wire in request.entries]
    _check_signature(device, request, links)
    with bus.transaction(Actor("device", device.id), device.id, facts=True) as work:
        return _Reception(bus, work, keys, device, request).take(links)


def _check_signature(device: Device, request: PushRequest, links: Sequence[Link]) -> None:
    public = bytes.fromhex(device.public_key)
    head = request.head
    if not head_is_signed(public, request.journal, head.dseq, head.hash, request.signature):
        raise NotAllowed("push.signature", "设备签名不正确", "请重新配对本设备", rule="D-1")
    if links and (links[-1].entry.dseq, links[-1].hash) != (head.dseq, head.hash):
        raise BadInput("push.head", "上传内容与签名不一致", "设备会自动重试")


def _verdict(one: Link, rulings: dict[int, Ruling], outcomes: dict[str, FactOutcome]) -> EntryVerdict:
    """What the device is told of an entry: the bus's word where the entry was recorded."""
    ruling = rulings[one.entry.dseq]
    told = outcomes.get(one.entry.id, ruling) if ruling.status == "recorded" else ruling
    return EntryVerdict(id=one.entry.id, status=told.status, rule=told.rule, sentence=told.sentence)


class _Reception:
    """One push on its way in; holds what the steps share, inside one transaction."""

    def __init__(self, bus: Bus, work: Work, keys: ServerKeys, device: Device, request: PushRequest) -> None:
        self._bus, self._work, self._keys, self._request = bus, work, keys, request
        # As of this transaction: it may have been revoked since its request was let in.
        self._device = work.ctx.db.get_one(Device, device.id)
        self._ctx: Context = work.ctx

    def take(self, links: list[Link]) -> PushAnswer:
        """All of it: follow, judge each entry, keep, settle times, record facts, move the head."""
        journal = self._journal()
        at = Head(dseq=journal.dseq, hash=journal.hash)
        followed = follow(at, self._known(links), journal.id, links)
        wires = {wire.text: wire for wire in self._request.entries}
        pairs = [(one, wires[one.raw.decode()]) for one in followed.new]
        contents = {one.entry.dseq: content_hash(one.entry) for one in followed.new}
        rulings = self._sort_out(pairs, contents)
        settled = settle_tail(self._ctx.db, journal.id, self._evidence(followed.new))
        outcomes = self._record(followed.new, rulings, settled)
        if any(ruling is QUARANTINED for ruling in rulings.values()):
            has_more(self._ctx.db, self._device.id)
        reach("push-recorded")
        self._keep(journal.id, followed.new, contents, rulings, settled)
        journal.dseq, journal.hash = followed.head.dseq, followed.head.hash
        verdicts = [EntryVerdict(id=one.entry.id, status="repeated") for one in followed.repeated]
        verdicts += [_verdict(one, rulings, outcomes) for one in followed.new]
        return PushAnswer(
            head=followed.head,
            verdicts=verdicts,
            fork=followed.fork,
            audit_head=audit_head(self._ctx.db)[1],
            held=waiting(self._ctx.db, self._device.id),
        )

    def _journal(self) -> Journal:
        row = self._ctx.db.get(Journal, self._request.journal)
        if row is None:
            start = genesis(self._request.journal, bytes.fromhex(self._device.public_key))
            row = Journal(id=self._request.journal, device_id=self._device.id, dseq=0, hash=start)
            self._ctx.db.add(row)
            self._ctx.db.flush()
        if row.device_id != self._device.id:
            raise NotAllowed("push.journal", "该记录本属于另一台设备", "请重新配对本设备", rule="D-1")
        return row

    def _known(self, links: Sequence[Link]) -> dict[int, str]:
        numbers = [one.entry.dseq for one in links]
        if not numbers:
            return {}
        rows = self._ctx.db.execute(
            select(JournalEntry.dseq, JournalEntry.hash).where(
                JournalEntry.journal_id == self._request.journal,
                JournalEntry.dseq.between(min(numbers), max(numbers)),
            )
        )
        return dict(rows.all())

    def _contents(self, links: Sequence[Link]) -> dict[str, str]:
        """Content hashes already counted, by entry id, in any journal."""
        wanted = table_of(self._ctx.db.connection(), "ids", [("wanted", "text")])
        rows = self._ctx.db.execute(
            text(
                f"SELECT e.id, e.content FROM {wanted} AS w JOIN journal_entry AS e ON e.id = w.wanted "  # noqa: S608
                "WHERE e.status <> 'tampered'"
            ),
            {"ids": listed([one.entry.id for one in links])},
        )
        return {row.id: row.content for row in rows}

    def _sort_out(self, pairs: list[tuple[Link, WireEntry]], contents: dict[int, str]) -> dict[int, Ruling]:
        """What becomes of every new entry, by its number; ``contents`` are their content hashes."""
        counted = self._contents([one for one, _wire in pairs])
        fresh = {one.entry.id: (one, wire) for one, wire in reversed(pairs) if one.entry.id not in counted}
        unsealed = sealed.keep(self._ctx, self._keys.box_secret, list(fresh.values()))
        mine = own(self._ctx.db, self._device)
        rulings: dict[int, Ruling] = {}
        for one, _wire in pairs:
            entry, content = one.entry, contents[one.entry.dseq]
            if counted.get(entry.id, content) != content:
                rulings[entry.dseq] = TAMPERED
                continue
            if entry.id in unsealed:
                rulings[entry.dseq] = unsealed[entry.id]
                continue
            if entry.id in counted:
                rulings[entry.dseq] = _REPEATED
            elif entry.command in _CLOCK_ENTRIES:
                rulings[entry.dseq] = _RECORDED
            else:
                rulings[entry.dseq] = self._ruling(entry, mine)
            counted[entry.id] = content
        return rulings

    def _ruling(self, entry: Entry, mine: Own) -> Ruling:
        """What a revoked device brings waits for a manager, whatever it says (D-1)."""
        return QUARANTINED if self._device.revoked_ms is not None else accept(entry, self._device, mine)

    def _evidence(self, links: Sequence[Link]) -> list[tuple[int, Any]]:
        """As it will be read from the rows: what comes later has to find the same boots."""
        found = ((one.entry.dseq, evidence_of(one.entry, self._keys.anchor_publics)) for one in links)
        return [(dseq, one._replace(boot_id=keepable(one.boot_id))) for dseq, one in found]

    def _record(
        self, links: Sequence[Link], rulings: dict[int, Ruling], settled: Settled
    ) -> dict[str, FactOutcome]:
        """Hands the facts to the bus with their trusted times; times that became better are told first."""
        retime(self._ctx, settled.changed)
        batch = []
        for one in links:
            entry, trusted = one.entry, settled.new[one.entry.dseq]
            command, actor = rulings[entry.dseq].command, Actor(entry.actor.kind, entry.actor.id)
            if command is not None:
                batch.append(
                    Fact(entry.id, command, actor, self._device.id, trusted.ms, trusted.proof, one.hash)
                )
        return record(self._bus, self._work, batch)

    def _keep(
        self,
        journal_id: str,
        links: Sequence[Link],
        contents: dict[int, str],
        rulings: dict[int, Ruling],
        settled: Settled,
    ) -> None:
        rows = []
        for one in links:
            entry, trusted = one.entry, settled.new[one.entry.dseq]
            anchor = settled.anchors.get(entry.dseq)
            rows.append(
                {
                    "journal_id": journal_id,
                    "dseq": entry.dseq,
                    "id": entry.id,
                    "text": one.raw.decode(),
                    "hash": one.hash,
                    "content": contents[entry.dseq],
                    "status": rulings[entry.dseq].mark,
                    "wall_ms": entry.time.wall_ms,
                    "boot_id": keepable(entry.time.boot_id),
                    "boot_ms": entry.time.boot_ms,
                    "anchor_ms": anchor.server_ms if anchor else None,
                    "anchor_boot_ms": anchor.boot_ms if anchor else None,
                    "t_ms": trusted.ms,
                    "proof": trusted.proof,
                    "final": trusted.final,
                }
            )
        write_rows(self._ctx.db.connection(), table_for(JournalEntry), rows)
