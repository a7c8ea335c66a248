"""Pairing with a wrong address: the sentence is about the address, whatever stands there instead of the server."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from requests.exceptions import SSLError

from core.errors import DomainError
from sync.errors import Offline
from sync.pairing import PairRequest
from sync.web import HttpPairingDesk, _not_secure

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

REQUEST = PairRequest(
    id="019c0000-0000-7000-8000-0000000000b1", code="12345678", device_id="019c0000-0000-7000-8000-0000000000b2",
    name="一号机", kind="kiosk", public_key="aa" * 32, key_source="file",
)  # fmt: skip


class Other(BaseHTTPRequestHandler):
    """Somebody else's server: the path tells what it answers."""

    def do_POST(self) -> None:
        """The answer, and nothing in the log."""
        self.rfile.read(int(self.headers["Content-Length"]))
        status, body = ANSWERS[self.path.split("/")[1]]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nobody reads it."""


ANSWERS = {
    "page": (200, b"<html>welcome"),
    "none": (404, b"<html>not found"),
    "json": (404, b'{"detail":"Not Found"}'),
    "moved": (302, b""),
    "down": (502, b"<html>bad gateway"),
    "ours": (409, '{"type":"urn:zhiye:refused","title":"配对码不正确","code":"devices.code_wrong"}'.encode()),
}


@pytest.fixture
def other() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Other)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def said(address: str) -> DomainError:
    with pytest.raises(DomainError) as caught:
        HttpPairingDesk().pair(address, REQUEST)
    return caught.value


def check_nowhere(address: str) -> None:
    error = said(address)
    assert isinstance(error, Offline)  # the try stays open: the answer may have been an admission
    assert error.sentence == f"在这个地址找不到服务器：{address}"
    assert "请核对服务器地址" in error.hint and "本机记录" not in error.hint


@pytest.mark.parametrize("path", ["page", "none", "json", "moved"])
def test_an_answer_that_is_none_of_ours(other: str, path: str) -> None:
    check_nowhere(f"http://{other}/{path}")


def test_nobody_listens_or_nobody_encrypts(other: str) -> None:
    check_nowhere(f"https://{other}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        check_nowhere(f"https://127.0.0.1:{free.getsockname()[1]}")
    check_nowhere("https://nonsense:port")


def test_what_the_server_or_its_proxy_says_is_left_as_it_is(other: str) -> None:
    assert said(f"http://{other}/ours").sentence == "配对码不正确"
    assert said(f"http://{other}/down").sentence == "服务器暂时无法处理（502）"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (
            "SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] Hostname mismatch')",
            "server-certificate",
        ),
        (
            "SSLError(1, '[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1000)')",
            "server-unencrypted",
        ),
        ("SSLError(1, '[SSL] record layer failure (_ssl.c:1000)')", "server-unencrypted"),
    ],
)
def test_a_certificate_is_blamed_only_where_there_is_one(told: str, code: str) -> None:
    assert _not_secure(SSLError(told)).code == code
