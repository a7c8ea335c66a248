"""Requests to a server over HTTPS: timeouts, no retries, and everything that goes wrong as an error of ours."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec
import requests
from requests.utils import get_environ_proxies

from core.errors import (
    BadInput,
    Conflict,
    DomainError,
    Fault,
    NotAllowed,
    NotHere,
    Refused,
    Unreachable,
)
from sync.errors import Offline, ProtocolError
from sync.pairing import PairAnswer, PairRequest

_PREFIX = "/api/v1"
CONNECT_S, READ_S = 5.0, 30.0
_FAMILIES: dict[str, type[DomainError]] = {
    "urn:zhiye:not-allowed": NotAllowed,
    "urn:zhiye:not-here": NotHere,
    "urn:zhiye:bad-input": BadInput,
    "urn:zhiye:conflict": Conflict,
    "urn:zhiye:unreachable": Unreachable,
}
_BODILESS: dict[int, Callable[[], DomainError]] = {
    401: lambda: NotAllowed("devices.session_over", "设备登录已过期", rule="D-1"),
    403: lambda: NotAllowed("http-403", "服务器没有允许这次操作"),
    404: lambda: NotHere("http-404", "服务器上没有这项内容"),
}
"""What an answer to HEAD means, which has no body."""
_NOWHERE = frozenset(
    f"server-{what}" for what in ("unreachable", "unencrypted", "other", "page", "answer", "http")
) | {"http"}
"""What a typed address that is not a server's ends in: nobody, no encryption, or an answer that is none of ours."""
_CUT = (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError)
"""What an answer ends in that did not come whole."""
_LOG_IN_FIRST = 511
_PAGE = "当前网络可能需要先登录：请用浏览器打开任意网页查看，或联系网络管理员；本机记录不会丢失，恢复后会自动同步。"
T = TypeVar("T")


def trusted(certificates: str | None) -> bool | str:
    """How a server's certificate is checked: by the file that was named, which must be there, or as usual."""
    if certificates is not None and not Path(certificates).is_file():
        raise NotHere(
            "certificates-missing",
            f"找不到服务器证书文件“{Path(certificates).name}”",
            "请检查启动参数 --certificates 的文件位置，或去掉该参数后重新启动",
        )
    return certificates or True


class _Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A problem+json body, as far as it concerns us."""

    type: str = ""
    title: str = "服务器没有接受这次请求"
    detail: str | None = None
    code: str = "http"
    rule: str | None = None
    faults: list[dict[str, str]] = []


class Wire:
    """Requests to one address; what goes wrong on the way is ``Offline``, a problem in the answer an error of ours."""

    def __init__(self, address: str, verify: bool | str = True) -> None:
        """``verify`` may name a file of certificates, where the server's is not signed by a public authority."""
        self._address = address.rstrip("/")
        self._verify = verify
        self._session = requests.Session()
        # The machine's proxies are asked for below; its netrc would replace our Authorization header, and its
        # variables for certificates the ones that this device was given.
        self._session.trust_env = False

    def call(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        params: dict[str, str | int | float] | None = None,
        data: bytes | None = None,
        kind: str = "application/json",
        read_s: float = READ_S,
    ) -> requests.Response:
        """One request; returns an answer below 400, raises everything else as a ``DomainError``."""
        headers = {"Content-Type": kind} if data is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            answer = self._session.request(
                method,
                self._address + _PREFIX + path,
                params=params,
                data=io.BytesIO(data) if data else data,  # in blocks: CONNECT_S holds for each, not for all
                headers=headers,
                timeout=(CONNECT_S, read_s),
                allow_redirects=False,
                verify=self._verify,
                proxies=get_environ_proxies(self._address),
            )
        except requests.exceptions.SSLError as error:
            raise _not_secure(error) from error
        except (requests.ConnectionError, requests.Timeout) as error:
            raise Offline("server-unreachable", "无法连接服务器") from error
        except _CUT as error:
            raise Offline("server-cut", "与服务器的连接中途断开") from error
        except (
            requests.RequestException,
            OSError,
        ) as error:  # the latter of a file of certificates that is gone
            raise ProtocolError("server-http", "与服务器的通信出现问题") from error
        return checked(answer)


def checked(answer: requests.Response) -> requests.Response:
    """The answer, if our server gave it and it is none of a problem; raises everything else."""
    if _is_not_ours(answer):
        raise Offline("server-page", "网络返回了一个网页，没有连到服务器", _PAGE)
    if answer.status_code >= 300:
        raise problem_of(answer)
    return answer


def _is_not_ours(answer: requests.Response) -> bool:
    """Whether a network that wants a login first, or a proxy, answers: our API gives no pages and sends nobody on.

    What says that it is an error is left to ``problem_of``: such a page may come from before our own server.
    """
    if answer.status_code >= 400:
        return answer.status_code == _LOG_IN_FIRST
    kind = answer.headers.get("Content-Type", "")
    page = "html" in kind or (not kind and answer.content[:1] == b"<")
    return page or answer.status_code >= 300


def _not_secure(error: requests.exceptions.SSLError) -> Offline:
    """A certificate that is not trusted, or no encryption there at all: then it is hardly our server."""
    if "certificate" in str(error).lower():
        hint = (
            "当前网络可能需要先登录（请用浏览器打开任意网页查看）；否则请核对服务器地址，或联系管理员更新证书"
        )
        return Offline("server-certificate", "服务器的证书不受信任", hint)
    return Offline("server-unencrypted", "无法与服务器建立加密连接")


def problem_of(answer: requests.Response) -> DomainError:
    """The error that an answer tells of; one that is not of our server is trouble on the way."""
    if not answer.content and answer.status_code in _BODILESS:
        return _BODILESS[answer.status_code]()
    try:
        told = msgspec.json.decode(answer.content, type=_Problem)
    except msgspec.DecodeError:
        code = "server-strange" if answer.status_code >= 500 else "server-other"
        return Offline(code, f"服务器暂时无法处理（{answer.status_code}）")
    faults = tuple(Fault(one.get("field", ""), one.get("sentence", "")) for one in told.faults)
    if told.type == "urn:zhiye:refused":
        return Refused(told.code, told.title, told.detail, rule=told.rule or "U-1", faults=faults)
    if answer.status_code >= 500 and told.type not in _FAMILIES:
        return Unreachable(told.code, told.title, told.detail)
    family = _FAMILIES.get(told.type, ProtocolError)
    return family(told.code, told.title, told.detail, rule=told.rule, faults=faults)


def decoded(answer: requests.Response, kind: type[T]) -> T:
    """The body as a message."""
    try:
        return msgspec.json.decode(answer.content, type=kind)
    except msgspec.DecodeError as error:
        raise ProtocolError("server-answer", "服务器的回答无法识别。") from error


class HttpPairingDesk:
    """Asks a server for admission."""

    def __init__(self, verify: bool | str = True) -> None:
        self._verify = verify

    def pair(self, address: str, request: PairRequest) -> PairAnswer:
        """POSTs the request; raises the server's refusal, or ``Offline``."""
        wire = Wire(address, self._verify)
        try:
            answer = wire.call("POST", "/devices/pair", data=msgspec.json.encode(request))
            return decoded(answer, PairAnswer)
        except (Offline, ProtocolError) as error:
            if error.code not in _NOWHERE:
                raise
            # Still as if offline: it may have been an admission whose answer was lost.
            raise Offline(
                "pairing-nowhere",
                f"在这个地址找不到服务器：{address}",
                "请核对服务器地址；地址无误时请检查网络，稍后用同一个配对码再试",
            ) from error
