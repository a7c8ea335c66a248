"""The reading half of a journal: entries in order, the head, and whether the chain holds."""

from collections.abc import Iterator
from typing import Any

from core.errors import BadInput
from core.wire.chain import broken_at
from core.wire.envelope import ANCHOR, OPENED, Entry, genesis, parse
from core.wire.push import MAX_ENTRIES, Head
from sync.errors import Damaged
from sync.journal.file import File
from sync.journal.models import Stored

_STORED = "SELECT bytes, hash, box, key FROM current_entry "


class Reader:
    """Reads the journal that is written now; older ones, from before a fork, stay in the file."""

    def __init__(self, file: File) -> None:
        self._file = file

    @property
    def id(self) -> str:
        """The journal's id."""
        return self._current()[0]

    def head(self) -> Head:
        """Number and hash of the last entry; of an empty journal 0 and its genesis."""
        found = self._file.row("SELECT dseq, hash FROM current_entry ORDER BY dseq DESC LIMIT 1")
        return Head(dseq=found[0], hash=found[1]) if found else self._start()

    def at(self, dseq: int) -> Stored | None:
        """The entry with this number."""
        return next(self._entries("WHERE dseq = ?", dseq), None)

    def find(self, entry_id: str) -> Stored | None:
        """The entry with this id."""
        return next(self._entries("WHERE id = ?", entry_id), None)

    def after(self, dseq: int, limit: int = MAX_ENTRIES) -> list[Stored]:
        """The entries that follow a number, in order."""
        return list(self._entries("WHERE dseq > ? ORDER BY dseq LIMIT ?", dseq, limit))

    def ids_after(self, dseq: int) -> list[str]:
        """The ids of all entries that follow a number: what the server has not yet answered for."""
        rows = self._file.rows("SELECT id FROM current_entry WHERE dseq > ? ORDER BY dseq", dseq)
        return [row[0] for row in rows]

    def deeds(self, above: int, upto: int | None = None) -> int:
        """How many facts and drafts stand above a number, up to another one; entries about time don't count."""
        statement = (
            "SELECT count(*) FROM current_entry WHERE dseq > ? AND dseq <= ? "
            "AND json_extract(CAST(bytes AS TEXT), '$.command') NOT IN (?, ?)"
        )
        last = self.head().dseq if upto is None else upto
        return int(self._file.rows(statement, above, last, ANCHOR, OPENED)[0][0])

    def holds(self, head: Head) -> bool:
        """Whether a server's head lies on this journal; if not, histories have parted and ``rehome`` is due."""
        mine = self.at(head.dseq)
        return head.hash == (mine.hash if mine else self._start().hash if head.dseq == 0 else None)

    def broken(self, above: int = 0) -> int | None:
        """The first number above the given one at which the journal is not dense or its chain does not hold."""
        head = self._head_at(above)
        while page := self.after(head.dseq):
            found = broken_at(head, self.id, [one.link() for one in page])
            if found is not None:
                return found
            head = Head(dseq=page[-1].dseq, hash=page[-1].hash)
        return None if head == self.head() else head.dseq + 1

    def _head_at(self, dseq: int) -> Head:
        mine = self.at(dseq)
        return Head(dseq=dseq, hash=mine.hash) if mine else self._start()

    def _start(self) -> Head:
        journal, public = self._current()
        return Head(dseq=0, hash=genesis(journal, bytes.fromhex(public)))

    def _current(self) -> tuple[str, str]:
        found = self._file.row("SELECT id, public FROM journal ORDER BY number DESC LIMIT 1")
        if found is None:
            raise Damaged("journal-empty", "本机记录文件不完整。")
        return str(found[0]), str(found[1])

    def _entries(self, condition: str, *values: Any) -> Iterator[Stored]:
        for raw, digest, box, key in self._file.rows(_STORED + condition, *values):
            yield Stored(raw, digest, _parsed(raw), box, key)

    def _old_entries(self, number: int) -> Iterator[Entry]:
        """All entries of a journal, whichever is written now, page by page."""
        dseq = 0
        page = "SELECT bytes FROM entry WHERE journal = ? AND dseq > ? ORDER BY dseq LIMIT ?"
        while rows := self._file.rows(page, number, dseq, MAX_ENTRIES):
            for (raw,) in rows:
                entry = _parsed(raw)
                dseq = entry.dseq
                yield entry


def _parsed(raw: bytes) -> Entry:
    try:
        return parse(raw)
    except BadInput as error:
        raise Damaged("journal-damaged", "本机记录文件中有无法读取的记录。") from error
