"""Carries photos to the server and deletes the device's copy when the server's is durable; nobody waits for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.clock import Clock
from core.crashpoints import reach
from core.errors import DomainError, Unreachable
from sync.blobs import Outbox
from sync.transport import Transport

ASK_FIRST_S, ASK_LAST_S = 900.0, 86_400.0
"""When the server is asked whether a blob that it has is durable: each time twice as late, at last once a day."""
RETRY_FIRST_S, RETRY_LAST_S = 60.0, 900.0
"""When a blob that could not be sent is tried again."""
ROUND_S = 60.0
"""So long one round sends blobs: new facts of this device are not to wait for all photos of a day."""


@dataclass(frozen=True, slots=True)
class _Later:
    """When a blob's turn comes again, how long it was put off for that, and what was wrong with it, if anything."""

    due: float
    wait: float
    trouble: DomainError | None = None


class Uploader:
    """Sends one device's outbox; what it remembers only saves requests, and is made anew by the next program."""

    def __init__(self, outbox: Outbox, transport: Transport, clock: Clock) -> None:
        self._outbox, self._transport, self._clock = outbox, transport, clock
        self._later: dict[str, _Later] = {}
        self._there: set[str] = set()
        """Blobs that the server has, but that are not durable yet."""

    @property
    def trouble(self) -> DomainError | None:
        """What is wrong with one of the waiting blobs."""
        return next((one.trouble for one in self._later.values() if one.trouble), None)

    def unsent(self, waiting: Sequence[str]) -> int:
        """How many of these blobs the server has not got yet, as far as this program has been told."""
        return sum(digest not in self._there for digest in waiting)

    def run(self) -> DomainError | None:
        """Sends what is due; one that cannot be sent stops no other for long. Tells what is wrong with one of them."""
        waiting = self._outbox.waiting()
        self._later = {digest: self._later[digest] for digest in waiting if digest in self._later}
        begun = self._clock.monotonic()
        for digest in waiting:
            now = self._clock.monotonic()
            if now - begun > ROUND_S:
                break
            if digest in self._later and now < self._later[digest].due:
                continue
            try:
                self._send(digest)
            except DomainError as error:
                self._put_off(digest, RETRY_FIRST_S, RETRY_LAST_S, error)
                if isinstance(error, Unreachable):
                    break  # likely the way and not the blob: the next round begins with the others
        return self.trouble

    def _send(self, digest: str) -> None:
        answer = self._transport.blob(digest)
        if answer is None:
            answer = self._transport.put_blob(digest, self._outbox.read(digest))
            self._later.pop(digest, None)
            reach("blob-sent")
        self._there.add(digest)
        if answer.durable and answer.digest == digest:
            self._outbox.forget(digest)
            self._there.discard(digest)
            self._later.pop(digest, None)
        else:
            self._put_off(digest, ASK_FIRST_S, ASK_LAST_S, None)

    def _put_off(self, digest: str, first: float, last: float, trouble: DomainError | None) -> None:
        """Twice as long as before, if it was for the same kind of reason."""
        before = self._later.get(digest)
        same = before is not None and (before.trouble is None) == (trouble is None)
        wait = min(before.wait * 2, last) if before is not None and same else first
        self._later[digest] = _Later(self._clock.monotonic() + wait, wait, trouble)
