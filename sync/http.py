"""The way of a paired device to its server: sessions by a signed nonce, opened anew when they are over."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import requests

from core.errors import DomainError, NotAllowed, NotHere
from core.ids import new_id
from core.wire.push import (
    Asked,
    BlobAnswer,
    ChangePage,
    ChangesAnswer,
    ChangesRequest,
    Cursor,
    LeaveAnswer,
    LeaveRequest,
    PushAnswer,
    PushRequest,
    ScopesAnswer,
    TimeAnswer,
)
from core.wire.sessions import Rotation, sign_rotation, sign_session
from core.wire.signing import KeyPair, key_pair
from sync.pairing import Pairing
from sync.web import READ_S, Wire, decoded

_WAIT_S = 20.0
_UNKNOWN = "devices.session"
"""The server knows another key of this device, or none."""


class _Nonce(msgspec.Struct, frozen=True, kw_only=True):
    nonce: str


class _Token(msgspec.Struct, frozen=True, kw_only=True):
    token: str


class _Seq(msgspec.Struct, frozen=True, kw_only=True):
    seq: int


class _Ran(msgspec.Struct, frozen=True, kw_only=True):
    answer: dict[str, Any]


class HttpTransport:
    """A paired device's way to its server; one object belongs to one thread."""

    def __init__(
        self,
        pairing: Pairing,
        seed: bytes,
        verify: bool | str = True,
        waiting: Callable[[], int] = lambda: 0,
        *,
        previous: KeyPair | None = None,
    ) -> None:
        """``waiting`` tells the office how much is not brought yet, at each new session and in every round.

        ``previous`` is the key before a rotation, with which a server that knows no other is told of it.
        """
        self._wire = Wire(pairing.address, verify)
        self._pairing, self._seed, self._waiting = pairing, seed, waiting
        self._previous = previous
        self._token: str | None = None

    def time(self, nonce: str) -> TimeAnswer:
        """The server's signed time."""
        return decoded(self._call("GET", "/time", params={"nonce": nonce}), TimeAnswer)

    def push(self, request: PushRequest) -> PushAnswer:
        """POSTs entries of a journal."""
        path = f"/journals/{request.journal}/entries"
        return decoded(self._call("POST", path, data=msgspec.json.encode(request)), PushAnswer)

    def scopes(self) -> ScopesAnswer:
        """What this device may pull, and where it stands."""
        return decoded(self._call("GET", "/scopes", params={"waiting": self._waiting()}), ScopesAnswer)

    def changes(self, scope: str, cursor: Cursor) -> ChangePage:
        """The next page of a scope."""
        params: dict[str, str | int | float] = {
            "scope": scope,
            "seq": cursor.seq,
            "rolling": cursor.rolling,
        }
        return decoded(self._call("GET", "/changes", params=params), ChangePage)

    def pages(self, asked: Mapping[str, Cursor]) -> list[ChangePage]:
        """The next page of each of the first of these scopes, at least one."""
        wanted = ChangesRequest(asked=[Asked(scope=scope, cursor=cursor) for scope, cursor in asked.items()])
        data = msgspec.json.encode(wanted)
        return decoded(self._call("POST", "/changes", data=data), ChangesAnswer).pages

    def blob(self, digest: str) -> BlobAnswer | None:
        """What the server holds of a blob; an answer to HEAD has headers only."""
        try:
            answer = self._call("HEAD", f"/blobs/{digest}")
        except DomainError as error:
            if isinstance(error, NotHere):
                return None
            raise
        durable = answer.headers.get("X-Durable") == "yes"
        return BlobAnswer(digest=digest, size=int(answer.headers.get("Content-Length", 0)), durable=durable)

    def put_blob(self, digest: str, box: bytes) -> BlobAnswer:
        """PUTs a blob under its hash."""
        kind = "application/octet-stream"
        return decoded(self._call("PUT", f"/blobs/{digest}", data=box, kind=kind), BlobAnswer)

    def leave(self, request: LeaveRequest) -> LeaveAnswer:
        """POSTs the journal's head."""
        return decoded(self._call("POST", "/devices/leave", data=msgspec.json.encode(request)), LeaveAnswer)

    def run(self, command_id: str, name: str, version: int, body: bytes, token: str) -> dict[str, Any]:
        """POSTs an online command; it has the rights of the account whose token this is."""
        asked = {"id": command_id, "name": name, "version": version, "body": msgspec.Raw(body)}
        data = msgspec.json.encode(asked)
        return decoded(self._wire.call("POST", "/commands", token=token, data=data), _Ran).answer

    def log_in(self, login: str, password: str) -> dict[str, Any]:
        """Logs an account in, bound to this device (A-4)."""

        def ask(session: str) -> requests.Response:
            asked = {"login": login, "password": password, "device_session": session}
            return self._wire.call("POST", "/login", data=msgspec.json.encode(asked))

        return decoded(self._in_session(ask), dict[str, Any])

    def log_out(self, token: str) -> None:
        """Ends an account's login at once (A-4)."""
        self._wire.call("POST", "/logout", token=token)

    def read(self, path: str, token: str) -> Any:
        """GETs what only some may read in clear, such as ``/visits/<id>/evidence``, with the rights of an account."""
        return decoded(self._wire.call("GET", path, token=token), Any)

    def wait(self, seq: int) -> int:
        """Waits at the server for a commit other than ``seq``."""
        params: dict[str, str | int | float] = {"seq": seq, "seconds": _WAIT_S}
        return decoded(self._call("GET", "/wait", params=params, read_s=_WAIT_S + READ_S), _Seq).seq

    def _call(self, method: str, path: str, **more: Any) -> requests.Response:
        """A request in the device's session."""
        return self._in_session(lambda session: self._wire.call(method, path, token=session, **more))

    def _in_session(self, ask: Callable[[str], requests.Response]) -> requests.Response:
        """Asks in the device's session; one that is over is opened anew, once."""
        try:
            return ask(self._session())
        except NotAllowed as error:
            if error.code not in ("devices.session_over", "identity.missing"):
                raise
            self._token = None
            return ask(self._session())

    def _session(self) -> str:
        if self._token is None:
            try:
                self._token = self._opened()
            except NotAllowed as error:
                if error.code != _UNKNOWN or self._previous is None:
                    raise
                self._rotate(self._previous)
                self._token = self._opened()
        return self._token

    def _nonce(self) -> str:
        return decoded(self._wire.call("POST", "/devices/nonce"), _Nonce).nonce

    def _opened(self) -> str:
        pairing, nonce = self._pairing, self._nonce()
        signature = sign_session(self._seed, pairing.server_key, pairing.device_id, nonce)
        asked = {
            "device_id": pairing.device_id,
            "nonce": nonce,
            "signature": signature,
            "waiting": self._waiting(),
        }
        answer = self._wire.call("POST", "/devices/session", data=msgspec.json.encode(asked))
        return decoded(answer, _Token).token

    def _rotate(self, old: KeyPair) -> None:
        """Both keys sign that the new one takes the place of the old one."""
        change = Rotation(self._pairing.device_id, old.public, key_pair(self._seed).public, self._nonce())
        server = self._pairing.server_key
        asked = {
            "id": new_id(),
            "device_id": change.device_id,
            "nonce": change.nonce,
            "old_public": change.old.hex(),
            "new_public": change.new.hex(),
            "signed_by_old": sign_rotation(old.seed, server, change),
            "signed_by_new": sign_rotation(self._seed, server, change),
        }
        self._wire.call("POST", "/devices/rotate", data=msgspec.json.encode(asked))
