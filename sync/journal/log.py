"""The writing half of a journal: append, anchors, what to push, and re-homing after a fork."""

from pathlib import Path

import msgspec

from core.clock import Clock, ms_of
from core.ids import new_id
from core.wire.anchors import make_anchor
from core.wire.codec import encode_command
from core.wire.envelope import ANCHOR, OPENED, Entry, EntryActor, Moment, entry_hash, write
from core.wire.push import MAX_ENTRIES, Head, PushRequest, TimeAnswer
from core.wire.sealing import Sealed, seal
from core.wire.signing import sign_head
from sync.errors import Damaged, WrongKey
from sync.journal.file import File
from sync.journal.models import Stored, Writer
from sync.journal.reading import Reader
from sync.journal.schema import upgrade

TAIL = 500
"""Entries at the end whose chain is checked on every opening; ``broken()`` checks all."""
PUSH_BYTES = 448 * 1024
"""About as much goes into one push: over a slow line, too, it is answered before anybody gives up."""


class Journal(Reader):
    """An append-only record of what this device did; every entry is on the disk before ``append`` returns.

    The device makes the first journal's id when it makes the file, after pairing has given it an id of its own;
    the server learns it from the first push, and the first ``prev`` ties it to the device's key. One object
    belongs to one thread; several may be open on one file.
    """

    def __init__(self, path: Path, key: bytes, writer: Writer, clock: Clock) -> None:
        super().__init__(File(path, key))
        self._writer = writer
        self._clock = clock
        upgrade(self._file)
        with self._file.transaction():
            self._own()
            self._check_tail()
            self._open_boot()

    def append(
        self,
        name: str,
        version: int,
        body: bytes,
        actor: EntryActor,
        *,
        session: str | None = None,
        sealed: bytes | None = None,
    ) -> Stored:
        """Writes a command down and returns its entry once it is durable.

        ``sealed`` is personal data in clear; it is encrypted for the server before it touches the disk.
        """
        part = seal(sealed, self._writer.server_public) if sealed is not None else None
        with self._file.transaction():
            return self._append(name, version, body, actor, session, part)

    def append_anchor(self, answer: TimeAnswer, nonce: str, asked: Moment, server_key: bytes) -> Stored:
        """Writes the server's signed time down (S-11); refuses an answer that is slow, stale or not signed."""
        anchor = make_anchor(answer, nonce, asked, self.moment(), server_key)
        return self.append(ANCHOR, 1, encode_command(anchor), self._device())

    def moment(self) -> Moment:
        """The time evidence of now; taken before asking the server for its time, too."""
        boot = self._clock.boot()
        return Moment(wall_ms=max(0, ms_of(self._clock.now())), boot_id=boot.id, boot_ms=boot.ms)

    def push_request(self, after: int, limit: int = MAX_ENTRIES) -> PushRequest | None:
        """What to push above the server's head, signed; None if there is nothing."""
        entries = _within(PUSH_BYTES, self.after(after, min(limit, MAX_ENTRIES)))
        if not entries:
            return None
        last = entries[-1]
        journal = last.entry.journal
        return PushRequest(
            journal=journal,
            entries=[one.wire() for one in entries],
            head=Head(dseq=last.dseq, hash=last.hash),
            signature=sign_head(self._writer.seed, journal, last.dseq, last.hash),
        )

    def rehome(self) -> str:
        """Opens a new journal and carries every entry over: same ids, content, evidence, anchors and numbers.

        All or nothing; returns the new journal's id. The old journal stays in the file untouched.
        """
        with self._file.transaction():
            old = self._file.rows("SELECT max(number) FROM journal")[0][0]
            self._begin()
            journal = self.id
            for entry in self._old_entries(old):
                above = self.head()
                place = {"journal": journal, "dseq": above.dseq + 1, "prev": above.hash}
                self._put(msgspec.structs.replace(entry, **place))
            return journal

    def close(self) -> None:
        """Closes the file; nothing waits for it."""
        self._file.close()

    def _own(self) -> None:
        """Begins the first journal, or checks that the file is this device's.

        Its id alone: a journal names the key that it was begun under for ever, however often that was rotated since,
        and who could open the file has its key.
        """
        found = self._file.row("SELECT device FROM journal ORDER BY number DESC LIMIT 1")
        if found is None:
            self._begin()
        elif found[0] != self._writer.device_id:
            raise WrongKey("journal-device", "本机记录文件属于另一台设备。")

    def _begin(self) -> None:
        public = self._writer.public.hex()
        values = (new_id(), self._writer.device_id, public)
        self._file.rows("INSERT INTO journal (id, device, public) VALUES (?, ?, ?)", *values)

    def _check_tail(self) -> None:
        if self.broken(above=max(0, self.head().dseq - TAIL)) is not None:
            raise Damaged("journal-chain", "本机记录文件的校验未通过。")

    def _open_boot(self) -> None:
        """Notes a new boot, so that the journal shows it even if nothing happens before the next anchor."""
        last = self.at(self.head().dseq)
        if last is None or last.entry.time.boot_id != self.moment().boot_id:
            self._append(OPENED, 1, b"{}", self._device(), None, None)

    def _append(
        self,
        name: str,
        version: int,
        body: bytes,
        actor: EntryActor,
        session: str | None,
        part: Sealed | None,
    ) -> Stored:
        head = self.head()
        last = self.at(head.dseq)
        entry = Entry(
            v=1,
            id=new_id(last.id if last else None),
            journal=self.id,
            dseq=head.dseq + 1,
            prev=head.hash,
            device=self._writer.device_id,
            actor=actor,
            session=session,
            command=name,
            version=version,
            body=msgspec.Raw(body),
            sealed=part.digest if part else None,
            time=self.moment(),
        )
        if part:
            values = (entry.id, part.box, part.wrapped_key)
            self._file.rows("INSERT INTO sealed (id, box, key) VALUES (?, ?, ?)", *values)
        return self._put(entry)

    def _put(self, entry: Entry) -> Stored:
        raw = write(entry)
        values = (entry.dseq, entry.id, raw, entry_hash(raw))
        self._file.rows(
            "INSERT INTO entry (journal, dseq, id, bytes, hash) "
            "VALUES ((SELECT max(number) FROM journal), ?, ?, ?, ?)",
            *values,
        )
        return self._required(entry.dseq)

    def _required(self, dseq: int) -> Stored:
        found = self.at(dseq)
        if found is None:
            raise Damaged("journal-gap", "本机记录文件中缺少记录。")
        return found

    def _device(self) -> EntryActor:
        return EntryActor(kind="device", id=self._writer.device_id)


def _within(limit: int, entries: list[Stored]) -> list[Stored]:
    """The first of these entries that are together no larger than the limit; one at least."""
    total = 0
    for number, one in enumerate(entries):
        total += len(one.raw) + len(one.box or b"") + len(one.key or b"")
        if total > limit:
            return entries[: max(1, number)]
    return entries
