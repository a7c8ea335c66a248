"""One round of sync: anchor, push, blobs, pull; each step reads from files what is to do, so a kill costs nothing."""

import secrets

from sqlalchemy.exc import OperationalError

from core.clock import Clock, ms_of
from core.crashpoints import reach
from core.errors import BadInput, DomainError, Unreachable
from core.wire.anchors import make_anchor
from sync.blobs import Outbox
from sync.cache.answers import refused
from sync.cache.marks import get_mark
from sync.cache.overlay import Overlay
from sync.cache.store import Cache
from sync.errors import Damaged
from sync.pulling import Puller
from sync.pushing import Pusher, waiting
from sync.status import StatusBoard
from sync.times import Times
from sync.transport import Transport

ANCHOR_EVERY_MS = 3_600_000
ASK_BLOB_EVERY_S = 900.0
"""How often the server is asked whether a blob that it has is durable by now."""


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
    ) -> None:
        """``server_key`` is the pinned Ed25519 key that signs anchors."""
        self._cache, self._times, self._outbox = cache, times, outbox
        self._transport, self._server_key, self._clock, self._status = transport, server_key, clock, status
        self._pusher = Pusher(cache, times.journal, transport, status)
        self._puller = Puller(cache, overlay, times, transport, status)
        self._asked: dict[str, float] = {}

    def round(self) -> None:
        """All of it, once; raises ``DomainError`` and leaves the rest to the next round."""
        try:
            self._anchor()
            answered = self._pusher.run()
            trouble = self._send_blobs()
            self._puller.run(answered, self._pusher.stands)
        except DomainError as error:
            self._failed(error)
            raise
        except OperationalError as error:
            # A busy or full disk: the transaction was rolled back, and the next round does it again.
            trouble = Damaged(
                "cache-storage", "本机数据暂时无法写入磁盘。", "请检查磁盘空间；稍后会自动重试。"
            )
            self._status.change(sending=False, trouble=trouble)
            raise trouble from error
        now = ms_of(self._clock.now())
        self._status.change(last_contact_ms=now, offline_since_ms=None, trouble=trouble)
        self._look()

    def close(self) -> None:
        """Closes this thread's journal."""
        self._times.journal.close()

    def _failed(self, error: DomainError) -> None:
        since = self._status.now.offline_since_ms
        if isinstance(error, Unreachable):
            since = since if since is not None else ms_of(self._clock.now())
        else:
            since = None
        self._status.change(offline_since_ms=since, trouble=error)
        self._look()

    def _look(self) -> None:
        """Brings the figures of the status up to date with the files."""
        journal = self._times.journal
        with self._cache.reading() as db:
            position = get_mark(db, "position").on(journal)
            count = refused(db)
        self._status.change(
            waiting=waiting(journal, position),
            refused=count,
            blobs=len(self._outbox.waiting()),
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

    def _send_blobs(self) -> DomainError | None:
        """Uploads what the server does not have, deletes what is durable there; one bad file stops no other."""
        trouble: DomainError | None = None
        for digest in self._outbox.waiting():
            now = self._clock.monotonic()
            if now - self._asked.get(digest, now - ASK_BLOB_EVERY_S) < ASK_BLOB_EVERY_S:
                continue
            try:
                self._send_blob(digest)
            except Unreachable:
                raise
            except DomainError as error:
                trouble = error
            self._asked[digest] = now
        return trouble

    def _send_blob(self, digest: str) -> None:
        answer = self._transport.blob(digest)
        if answer is None:
            answer = self._transport.put_blob(digest, self._outbox.read(digest))
            reach("blob-sent")
        if answer.durable and answer.digest == digest:
            self._outbox.forget(digest)
            self._asked.pop(digest, None)
