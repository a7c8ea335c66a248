"""The wire itself, over real sockets of this machine: slow lines, and what the environment may not decide."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import urllib3.util.connection as sockets

import sync.web
from sync.errors import ProtocolError
from sync.web import Wire

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
_END = b"END"


class SlowServer:
    """Reads little by little, as over a bad mobile line, and answers when the body has come to its end."""

    def __init__(self, pause_s: float) -> None:
        self.pause_s = pause_s
        self.last = b""
        """The last whole request."""
        self._there: socket.socket | None = None
        self._listening = socket.socket()
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def close(self) -> None:
        """Ends it."""
        for each in filter(None, (self._listening, self._there)):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(10)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                self._there, _ = self._listening.accept()
                with self._there as there:
                    self._answer(there)

    def _answer(self, there: socket.socket) -> None:
        received = bytearray()
        while part := there.recv(8192):
            received += part
            time.sleep(self.pause_s)
            if received.endswith(_END):
                self.last = bytes(received)
                received.clear()
                there.sendall(_ANSWER)


@contextmanager
def slow(pause_s: float = 0.0) -> Iterator[SlowServer]:
    """A slow server for a while."""
    server = SlowServer(pause_s)
    try:
        yield server
    finally:
        server.close()


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine takes little of what is sent into its own keeping, so that a slow line is felt at once."""
    connect = sockets.create_connection

    def narrowly(*where: Any, socket_options: Any = (), **more: Any) -> socket.socket:
        options = [*socket_options, (socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)]
        return connect(*where, socket_options=options, **more)

    monkeypatch.setattr(sockets, "create_connection", narrowly)


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("kept_alive", [False, True])
def test_an_upload_may_take_longer_than_a_connection(
    monkeypatch: pytest.MonkeyPatch, kept_alive: bool
) -> None:
    """What moves is not given up: the timeouts hold for each block that is sent, not for all of them together."""
    monkeypatch.setattr(sync.web, "CONNECT_S", 0.5)
    body = b"a" * 300_000 + _END
    with slow(0.02) as server:
        wire = Wire(server.address)
        if kept_alive:
            wire.call("PUT", "/blobs/x", data=_END, read_s=0.5)
        begun = time.monotonic()
        wire.call("PUT", "/blobs/x", data=body, read_s=10.0)
        assert time.monotonic() - begun > 0.5, "the line was not slow"
        head, _, sent = server.last.partition(b"\r\n\r\n")
    assert sent == body
    assert f"content-length: {len(body)}".encode() in head.lower()


def test_the_environment_replaces_no_authorization(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with slow() as server:
        Wire(server.address).call("PUT", "/x", token="zd1.token", data=_END)
        assert b"authorization: bearer zd1.token\r\n" in server.last.lower()


def test_the_environment_replaces_no_certificates(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Were the variables asked, the request would fail for a file that is not there."""
    monkeypatch.setattr(sync.web, "CONNECT_S", 0.2)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(tmp_path / "absent.pem"))
    with slow() as server:
        wire = Wire(server.address.replace("http:", "https:"))
        with pytest.raises(sync.web.Offline):  # no TLS there; but nobody looked for the file
            wire.call("PUT", "/x", data=_END, read_s=0.5)


def test_the_machines_proxy_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    with slow() as proxy:
        monkeypatch.setenv("http_proxy", proxy.address)
        monkeypatch.setenv("no_proxy", "")
        Wire("http://zhiye.invalid").call("PUT", "/x", data=_END)
        assert proxy.last.startswith(b"PUT http://zhiye.invalid/api/v1/x ")


def test_a_file_of_certificates_that_is_gone_is_trouble_and_no_bug(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError):
        Wire("https://127.0.0.1:9", verify=str(tmp_path / "gone.pem")).call("GET", "/time")
