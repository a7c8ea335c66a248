"""Carries the journal to the server; the position comes from the server's head and from nothing else."""

from core.crashpoints import reach
from core.wire.push import PushAnswer, PushRequest
from sync.cache.answers import keep_verdicts, let_go, refused
from sync.cache.marks import Mark, get_mark, mark_at, set_mark
from sync.cache.store import Cache
from sync.errors import ProtocolError
from sync.journal.log import Journal
from sync.status import StatusBoard
from sync.transport import Transport


class Pusher:
    """Pushes one journal; keeps nothing in memory that matters."""

    def __init__(self, cache: Cache, journal: Journal, transport: Transport, status: StatusBoard) -> None:
        self._cache, self._journal, self._transport, self._status = cache, journal, transport, status
        self._counted: tuple[int, int, int] | None = None
        """A place in the journal, its head when it was counted, and how much was waiting between them."""

    def run(self) -> Mark:
        """Pushes until the server's head is the journal's; returns that place.

        The first request always carries an entry, even one that the server has: its answer is the only way to
        know whether the server still stands where it stood.
        """
        rehomed = False
        self._counted = None
        dseq = self._position().dseq
        while True:
            request = self._request(dseq)
            answer = self._transport.push(request)
            reach("push-sent")
            if answer.fork or not self._journal.holds(answer.head):
                self._rehome(answer, again=rehomed)
                rehomed, dseq = True, 0
                continue
            position = mark_at(self._journal, answer.head.dseq)
            self._keep(answer, position)
            if position.dseq >= self._journal.head().dseq:
                return position
            if position.dseq == dseq and position.dseq < request.head.dseq:
                raise ProtocolError("push-stuck", "服务器没有接收本机的记录。")
            dseq = position.dseq

    def stands(self, place: Mark) -> bool:
        """Whether the server still has the journal up to there: asked by pushing that entry once more."""
        request = self._journal.push_request(place.dseq - 1, limit=1)
        if request is None:
            return False
        answer = self._transport.push(request)
        # A server that had lost it has just taken it in again, but what we have pulled is from before.
        # The entry is named: an answer that belongs to another push says nothing about this one.
        told = [(one.id, one.status) for one in answer.verdicts]
        return not answer.fork and told == [(place.id, "repeated")]

    def _request(self, dseq: int) -> PushRequest:
        head = self._journal.head()
        request = self._journal.push_request(max(0, min(dseq, head.dseq - 1)))
        if request is None:
            raise ProtocolError("push-empty", "本机记录文件中没有可上传的记录。")
        self._status.change(sending=True, sent=min(dseq, head.dseq), to_send=head.dseq)
        return request

    def _rehome(self, answer: PushAnswer, *, again: bool) -> None:
        """This journal and the server's have parted, as a restored or cloned device's do: go on in a new one."""
        if again:
            raise ProtocolError("push-fork", "服务器与本机的记录无法对上。")
        self._journal.rehome()
        self._keep(answer, Mark())

    def _position(self) -> Mark:
        with self._cache.reading() as db:
            return Mark(get_mark(db, "position").on(self._journal))

    def _keep(self, answer: PushAnswer, position: Mark) -> None:
        """Keeps verdicts and position together."""
        reach("push-answered")
        with self._cache.writing() as db:
            keep_verdicts(db, answer.verdicts)
            let_go(db, answer.held)
            set_mark(db, "position", position)
            count = refused(db)
        self._status.change(refused=count, waiting=self._waiting_above(position.dseq))

    def _waiting_above(self, position: int) -> int:
        """What the server has not answered for; of a backlog each entry is looked at once, not in every push."""
        head = self._journal.head().dseq
        if self._counted is None or position < self._counted[0]:
            left = self._journal.deeds(position, head)
        else:
            before, seen, left = self._counted
            left += self._journal.deeds(seen, head) - self._journal.deeds(before, position)
        self._counted = (position, head, left)
        return left
