"""The trusted time of a journal's own entries and of this moment (S-11), from the journal alone."""

from core.wire.anchors import evidence_of
from core.wire.envelope import ANCHOR
from core.wire.push import MAX_ENTRIES
from core.wire.timeline import AnchorPoint, Evidence, Trusted, settle
from sync.journal.log import Journal


class Times:
    """Follows one journal; keeps the evidence from the last anchor before what was asked for, so that it is quick."""

    def __init__(self, journal: Journal, server_publics: tuple[bytes, ...]) -> None:
        self.journal = journal
        self._publics = server_publics
        self._first = 0
        self._evidence: list[Evidence] = []

    def above(self, dseq: int) -> dict[int, Trusted]:
        """Trusted times of all entries that follow a number, by number."""
        self._cover(dseq + 1)
        settled = settle(self._evidence)
        start = max(dseq + 1, self._first)
        return {number: settled[number - self._first] for number in range(start, self._first + len(settled))}

    def now(self) -> Trusted:
        """What an entry written now would be given."""
        self._cover(self.journal.head().dseq)
        moment = self.journal.moment()
        return settle([*self._evidence, Evidence(moment.wall_ms, moment.boot_id, moment.boot_ms)])[-1]

    def last_anchor(self) -> AnchorPoint | None:
        """The newest anchor of this boot, if the journal has one."""
        self._cover(self.journal.head().dseq)
        boot = self.journal.moment().boot_id
        return next(
            (one.anchor for one in reversed(self._evidence) if one.anchor and one.boot_id == boot), None
        )

    def last_contact_ms(self) -> int | None:
        """The server's time at its newest anchor, of whatever boot; None if the journal has none."""
        self._cover(self.journal.head().dseq)
        return next((one.anchor.server_ms for one in reversed(self._evidence) if one.anchor), None)

    def silence_ms(self) -> int:
        """How long ago the server's last signed word was written down; nothing if there never was one."""
        last = self.last_contact_ms()
        return 0 if last is None else self.now().ms - last

    def _cover(self, dseq: int) -> None:
        """Reads on to the journal's head, and back to the last anchor at or before ``dseq``."""
        if not self._evidence or dseq < self._first:
            self._first, self._evidence = self._anchored_start(dseq), []
        while page := self.journal.after(self._first + len(self._evidence) - 1):
            self._evidence += [evidence_of(one.entry, self._publics) for one in page]

    def _anchored_start(self, dseq: int) -> int:
        """The number of the last anchor at or before ``dseq``; the journal's first entry if there is none."""
        below = dseq
        while below > 0:
            page = self.journal.after(max(0, below - MAX_ENTRIES), min(below, MAX_ENTRIES))
            anchors = [
                one.dseq
                for one in page
                if one.entry.command == ANCHOR and evidence_of(one.entry, self._publics).anchor
            ]
            if anchors:
                return anchors[-1]
            below -= MAX_ENTRIES
        return 1
