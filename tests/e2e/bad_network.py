"""A way to the server that spoils requests: cuts them, swallows answers, brings them again, or answers itself."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

Fate = Literal[
    "well",
    "refused",
    "request cut",
    "answer cut",
    "swallowed",
    "again",
    "late",
    "502",
    "login page",
    "sent on",
]
_CLOSE = "Connection: close\r\n"
_PAGE = "<html><body>欢迎使用无线网络，请先登录</body></html>"
_DELAY_S = 0.2


def _page(status: str, more: str = "") -> bytes:
    body = _PAGE.encode()
    kind = f"Content-Type: text/html\r\nContent-Length: {len(body)}\r\n"
    return f"HTTP/1.1 {status}\r\n{kind}{_CLOSE}{more}\r\n".encode() + body


OWN: dict[Fate, bytes] = {
    "502": _page("502 Bad Gateway"),
    "login page": _page("200 OK"),
    "sent on": _page("302 Found", "Location: http://login.invalid/\r\n"),
}
"""What the network answers without asking the server."""


@dataclass
class BadNetwork:
    """Listens beside the server; ``fate`` is asked for each request, with its first line."""

    server_port: int
    fate: Callable[[str], Fate] = lambda _line: "well"
    kept: list[bytes] = field(default_factory=list)
    """Requests that will come once more."""
    befell: list[Fate] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listening = socket.socket()
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen(16)
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends it."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(10)

    def repeat(self) -> None:
        """Brings every kept request once more; nobody hears the answers."""
        kept, self.kept = self.kept, []
        for request in kept:
            self._ask(request)

    def _serve(self) -> None:
        """One request after the other: the devices of a test are one."""
        with suppress(OSError):
            while True:
                there, _ = self._listening.accept()
                with there, suppress(OSError):
                    there.settimeout(10)
                    self._carry(there)

    def _carry(self, there: socket.socket) -> None:
        request = _request(there)
        if not request:
            return
        fate = self.fate(request.split(b"\r\n", 1)[0].decode())
        self.befell.append(fate)
        if fate in OWN:
            there.sendall(OWN[fate])
        elif fate == "request cut":
            with self._connected() as server:
                server.sendall(request[: len(request) * 2 // 3])
        elif fate != "refused":
            self._answer(there, fate, request)

    def _answer(self, there: socket.socket, fate: Fate, request: bytes) -> None:
        """The server carries it out; what becomes of its answer is another thing."""
        if fate == "late":
            time.sleep(_DELAY_S)
        answer = self._ask(request)
        if fate == "again":
            self.kept.append(request)
        if fate == "answer cut":
            there.sendall(answer[: answer.index(b"\r\n\r\n") + 4 + 3])
        elif fate != "swallowed":
            there.sendall(answer)

    def _ask(self, request: bytes) -> bytes:
        """All that the server answers."""
        with self._connected() as server:
            server.sendall(request)
            return b"".join(iter(lambda: server.recv(65_536), b""))

    def _connected(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.server_port), timeout=10)


def _request(there: socket.socket) -> bytes:
    """One whole request, to be answered by a server that closes the connection afterwards."""
    received = b""
    while b"\r\n\r\n" not in received:
        part = there.recv(65_536)
        if not part:
            return b""
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    length = next((int(line[15:]) for line in lines if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length and (part := there.recv(65_536)):
        body += part
    return b"\r\n".join([*lines, _CLOSE.encode()]) + b"\r\n" + body
