"""A network that does everything a network may do: it loses, doubles, delays, cuts, garbles, and says old things."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

import msgspec
from sqlalchemy import event

from core.errors import DomainError
from core.wire.push import BlobAnswer, ChangePage, Cursor, PushAnswer, PushRequest, ScopesAnswer
from sync.errors import Offline
from tests.fakes.transport import FakeServer, MemoryTransport

T = TypeVar("T")
PLAIN = ("none", "lose request", "lose answer", "twice")
"""What ``MemoryTransport`` does by itself."""
TROUBLES = (*PLAIN, "late", "old answer", "cut first", "cut middle", "cut last", "garbled", "shows nothing")

REPEATABLE = ("push", "scopes", "changes", "pages")
"""Requests whose answer may be one that was given before."""


@dataclass(frozen=True)
class Dies:
    """The server's process ends within the request, before this many'th statement."""

    at: int


class ServerKilled(Exception):
    """The server's process ends here; nothing in it catches this, and what it had not committed is undone."""


class BadNetwork(MemoryTransport):
    """A way to a server; ``faults`` says what befalls each following request: a trouble's name, or ``Dies``."""

    def __init__(self, server: FakeServer, device_id: str) -> None:
        super().__init__(server, device_id)
        self.late: list[Callable[[], Any]] = []
        """Requests that were sent and have not arrived yet."""
        self.hears: Callable[[PushAnswer], None] = lambda _answer: None
        """Called with each answer to a push at the moment at which the server gives it."""
        self._about: Hashable = None
        self._request = ""
        self._said: dict[Hashable, list[tuple[str, Any]]] = defaultdict(list)

    def push(self, request: PushRequest) -> PushAnswer:
        """An old answer is one to another push of that journal; nothing on the way keeps a POST's to give it again."""
        self._about, self._request = ("push", request.journal), request.head.hash
        return super().push(_cut(request, self._next()))

    def scopes(self) -> ScopesAnswer:
        """A server that has lost everything may say that there is nothing."""
        self._about, self._request = ("scopes",), ""
        if self._next() == "shows nothing":
            next(self.faults)
            return ScopesAnswer(scopes=[])
        return super().scopes()

    def changes(self, scope: str, cursor: Cursor) -> ChangePage:
        """An old answer is one to the very same question, from something that keeps them on the way."""
        self._about, self._request = ("changes", scope, cursor.seq, cursor.rolling), ""
        return super().changes(scope, cursor)

    def pages(self, asked: Mapping[str, Cursor]) -> list[ChangePage]:
        """Likewise."""
        self._about, self._request = ("pages", *asked.items()), ""
        return super().pages(asked)

    def put_blob(self, digest: str, box: bytes) -> BlobAnswer:
        """A bit may turn over on the way."""
        if self._next() == "garbled":
            box = bytes([box[0] ^ 1]) + box[1:]
        return super().put_blob(digest, box)

    def deliver(self) -> None:
        """All delayed requests arrive now, the newest first; nobody waits for their answers."""
        while self.late:
            try:
                self.late.pop()()
            except DomainError:
                continue

    def _next(self) -> Any:
        """What will befall the coming request."""
        fault = next(self.faults, "none")
        self.faults = chain((fault,), self.faults)
        return fault

    def _ask(self, what: str, answer: Callable[[], T], kind: Any) -> T:
        """One request over the network as it is just now."""
        fault = next(self.faults, "none")
        self.faults = chain((fault if fault in PLAIN else "none",), self.faults)
        if fault == "late":
            next(self.faults)
            self.late.append(answer)
            raise Offline("server-unreachable", "无法连接服务器")

        def heard() -> T:
            found = answer()
            if isinstance(found, PushAnswer):
                self.hears(found)
            return found

        found = super()._ask(what, lambda: self._dying(heard, fault), kind)
        if what not in REPEATABLE:
            return found
        said = self._said[self._about]
        before = [answer for request, answer in said if not request or request != self._request]
        said.append((self._request, found))
        return before[-1] if fault == "old answer" and before else found

    def _dying(self, answer: Callable[[], T], fault: Any) -> T:
        """Carries a request out on a server that may end before it has."""
        if not isinstance(fault, Dies):
            return answer()
        left = iter(range(fault.at))

        def count(*_args: object) -> None:
            if next(left, None) is None:
                raise ServerKilled

        engine = self.server.store.engine
        event.listen(engine, "before_cursor_execute", count)
        try:
            return answer()
        except ServerKilled:
            raise Offline("server-unreachable", "无法连接服务器") from None
        finally:
            event.remove(engine, "before_cursor_execute", count)
            self.server.close()


def _cut(request: PushRequest, fault: Any) -> PushRequest:
    """A part of a push is missing; the head that is signed is still that of its last entry."""
    entries = request.entries
    kept = {"cut first": entries[1:], "cut middle": [*entries[:1], *entries[2:]], "cut last": entries[:-1]}
    if fault not in kept or len(entries) < 2 or (fault == "cut middle" and len(entries) < 3):
        return request
    return msgspec.structs.replace(request, entries=kept[fault])
