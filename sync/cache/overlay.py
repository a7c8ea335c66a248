"""Lays the device's own unanswered facts over the server's rows: recorded by the same handlers, taken back exactly."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, delete, insert, select

from core.bus import Bus, Fact, Work
from core.command import lookup, spec_of
from core.context import Actor
from core.db.history import FieldVersion
from core.errors import BadInput
from core.wire.codec import Held, decode_command
from core.wire.envelope import ANCHOR, OPENED
from core.wire.timeline import Trusted
from sync.cache import rows
from sync.cache.answers import held_ids
from sync.cache.marks import get_mark, mark_at, set_mark
from sync.cache.store import Cache
from sync.cache.tables import PROVISIONAL
from sync.journal.models import Stored
from sync.times import Times

_CLOCK_ENTRIES = (ANCHOR, OPENED)


class Overlay:
    """The cache's upper layer; every method is one transaction, or works inside the caller's."""

    def __init__(self, cache: Cache, device_id: str) -> None:
        self._cache = cache
        self._device_id = device_id
        self._bus = Bus(cache.store, ledger=False)

    def catch_up(self, times: Times) -> None:
        """Records what the journal holds above the applied entry: after a submit, whoever submitted."""
        with self._transaction(times) as work:
            applied = get_mark(work.ctx.db.connection(), "applied").on(times.journal)
            entries = list(_entries_above(times, applied))
            self._record(work, entries, times.above(applied))
            self._note_applied(work, times, entries[-1].dseq if entries else applied)

    def redo(self, times: Times, change: Callable[[Connection], None] | None = None) -> None:
        """Takes the upper layer off, lets ``change`` work on the server's rows, records unanswered facts anew.

        A fact of which the server has sent the row is not recorded again: the server's row wins.
        """
        with self._transaction(times) as work:
            db = work.ctx.db.connection()
            self._undo(db)
            if change is not None:
                change(db)
            settled = get_mark(db, "settled").on(times.journal)
            above = list(_entries_above(times, settled))
            entries = [*_held_back(db, times, settled), *above]
            answered = rows.answered(db, [one.id for one in entries])
            waiting = [one for one in entries if one.id not in answered]
            start = min((one.dseq for one in waiting), default=settled + 1) - 1
            self._record(work, waiting, times.above(start))
            self._note_applied(work, times, above[-1].dseq if above else settled)

    @contextmanager
    def _transaction(self, times: Times) -> Iterator[Work]:
        """A transaction of the bus in the journal's time: the wall clock may have been moved."""
        actor = Actor("device", self._device_id)
        with self._bus.transaction(actor, self._device_id, facts=True) as work:
            work.ctx.now_ms = times.now().ms
            yield work

    def _record(self, work: Work, entries: Sequence[Stored], trusted: Mapping[int, Trusted]) -> None:
        for some in rows.batches(entries):
            facts = [fact for one in some if (fact := _fact(one, trusted[one.dseq], self._device_id))]
            if facts:
                self._bus.record(work, facts)
        work.ctx.db.flush()
        touched = [{"table_name": name, "row_id": row_id} for name, row_id in work.ctx.stamps.touched()]
        if touched:
            work.ctx.db.connection().execute(insert(PROVISIONAL).prefix_with("OR IGNORE"), touched)

    @staticmethod
    def _note_applied(work: Work, times: Times, dseq: int) -> None:
        set_mark(work.ctx.db.connection(), "applied", mark_at(times.journal, dseq))

    def _undo(self, db: Connection) -> None:
        """Every row that local facts touched becomes the server's again, or goes if the server has sent none."""
        keys = [(name, row_id) for name, row_id in db.execute(select(PROVISIONAL))]
        rows.hide(db, self._cache.synced, keys)
        rows.show(db, self._cache.synced, rows.kept(db, keys))
        db.execute(delete(PROVISIONAL))
        # Field versions of local changes are nobody's history: the server writes its own (J-9).
        db.execute(delete(FieldVersion))


def _entries_above(times: Times, dseq: int) -> Iterator[Stored]:
    """All entries that follow a number, page by page."""
    while page := times.journal.after(dseq):
        yield from page
        dseq = page[-1].dseq


def _held_back(db: Connection, times: Times, settled: int) -> list[Stored]:
    """Entries that the server holds, or held until now: answered, but what it made of them was not pulled yet."""
    found = (times.journal.find(entry_id) for entry_id in held_ids(db))
    held = (one for one in found if one is not None and one.dseq <= settled)
    return sorted(held, key=lambda one: one.dseq)


def _fact(one: Stored, trusted: Trusted, device_id: str) -> Fact | None:
    """The fact or draft in an entry; None for what this program cannot carry out: the server will judge it."""
    entry = one.entry
    if entry.command in _CLOCK_ENTRIES:
        return None
    try:
        command = decode_command(lookup, entry.command, entry.version, entry.body)
    except BadInput:
        return None
    if isinstance(command, Held) or spec_of(type(command)).offline == "no":
        return None
    actor = Actor(entry.actor.kind, entry.actor.id)
    return Fact(entry.id, command, actor, device_id, trusted.ms, trusted.proof, one.hash)
