"""One round of sync: anchor, push, pull, blobs; each step reads from files what is to do, so a kill costs nothing."""

import secrets
from collections.abc import Callable

import structlog

from core.clock import Clock, ms_of
from core.db.base import lapses
from core.errors import BadInput, DomainError, NotAllowed, Unreachable
from core.wire.anchors import make_anchor
from core.wire.push import Head, LeaveRequest
from sync.blobs import Outbox
from sync.cache.answers import refused
from sync.cache.marks import get_mark
from sync.cache.overlay import Overlay
from sync.cache.store import Cache, storage_trouble
from sync.errors import Damaged
from sync.pulling import Puller
from sync.pushing import Pusher
from sync.status import StatusBoard
from sync.times import Times
from sync.transport import Transport
from sync.uploading import Uploader

ANCHOR_EVERY_MS = 3_600_000
LAPSE_MS = 30 * 24 * 3_600_000
"""D-2: so long templates are kept without a word from the server."""
REVOKED = "devices.revoked"
"""The server's word that this device's admission is over (D-1)."""
log = structlog.get_logger()


class Engine:
    """Runs rounds for one device; belongs to the thread whose journal it was given."""

    def __init__(
        self,
        cache: Cache,
        overlay: Overlay,
        times: Times,
        outbox: Outbox,
        transport: Transport,
        server_key: bytes,
        clock: Clock,
        status: StatusBoard,
        left: Callable[[str, Head], None] = lambda _journal, _head: None,
    ) -> None:
        """``server_key`` is the pinned Ed25519 key that signs anchors; ``left`` notes that the files may go (D-1)."""
        self._cache, self._times, self._outbox = cache, times, outbox
        self._transport, self._server_key, self._clock, self._status = transport, server_key, clock, status
        self._pusher = Pusher(cache, times.journal, transport, status)
        self._puller = Puller(cache, overlay, times, transport, status)
        self._uploader = Uploader(outbox, transport, clock)
        self._note_left = left

    def round(self) -> None:
        """All of it, once; raises ``DomainError`` and leaves the rest to the next round."""
        try:
            with storage_trouble(self._cache.store.file):
                self._anchor()
                self._puller.run(self._pusher.run(), self._pusher.stands)
                now = ms_of(self._clock.now())
                self._status.change(
                    last_contact_ms=now, offline_since_ms=None, trouble=self._uploader.trouble, revoked=False
                )
                self._status.change(trouble=self._uploader.run())
                self._look()
        except DomainError as error:
            self._failed(error)
            raise

    def close(self) -> None:
        """Closes this thread's journal."""
        self._times.journal.close()

    def _failed(self, error: DomainError) -> None:
        """Says what is wrong, and since when nobody answers: trouble on this disk says nothing about that."""
        since = self._status.now.offline_since_ms
        if isinstance(error, Unreachable):
            since = since if since is not None else ms_of(self._clock.now())
        elif not isinstance(error, Damaged):
            since = None
        revoked = isinstance(error, NotAllowed) and error.code == REVOKED
        self._status.change(offline_since_ms=since, trouble=error, revoked=revoked, sending=False)
        try:
            with storage_trouble(self._cache.store.file):
                if revoked or self._times.silence_ms() > LAPSE_MS:
                    self._puller.forget(lapses)
                self._look()
                if revoked:
                    self._leave()
        except DomainError as more:  # of the same disk, or on the way; the next round does it
            log.info("sync_failure_not_followed", code=more.code)

    def _leave(self) -> None:
        """Brings the photos, and asks whether the server has everything: then the files may go (D-1)."""
        self._uploader.run()
        journal = self._times.journal
        head = journal.head()
        answer = self._transport.leave(LeaveRequest(journal=journal.id, head=head))
        if answer.complete and not self._outbox.waiting():
            self._note_left(journal.id, head)
            self._status.change(left=True, blobs=0)

    def _look(self) -> None:
        """Brings the figures of the status up to date with the files."""
        journal = self._times.journal
        with self._cache.reading() as db:
            position = get_mark(db, "position").on(journal)
            count = refused(db)
        blobs = self._outbox.waiting()
        self._status.change(
            waiting=journal.deeds(position),
            refused=count,
            blobs=len(blobs),
            unsent=self._uploader.unsent(blobs),
            proof=self._times.now().proof,
            sending=False,
            sent=0,
            to_send=0,
            pulled=0,
            to_pull=0,
        )

    def _anchor(self) -> None:
        """Asks for the server's time, signed by the pinned key: no other server is told anything.

        It is written down when this boot has none yet, or the last one is an hour old (S-11).
        """
        journal = self._times.journal
        last, asked = self._times.last_anchor(), journal.moment()
        fresh = last is not None and asked.boot_ms - last.boot_ms < ANCHOR_EVERY_MS
        nonce = secrets.token_hex(16)
        answer = self._transport.time(nonce)
        try:
            if fresh:
                make_anchor(answer, nonce, asked, journal.moment(), self._server_key)
            else:
                journal.append_anchor(answer, nonce, asked, self._server_key)
        except BadInput as error:
            if error.code != "anchor-slow":
                raise
