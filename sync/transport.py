"""What the engine needs from a server, however it is reached."""

from collections.abc import Mapping
from typing import Any, Protocol

from core.wire.push import (
    BlobAnswer,
    ChangePage,
    Cursor,
    LeaveAnswer,
    LeaveRequest,
    PushAnswer,
    PushRequest,
    ScopesAnswer,
    TimeAnswer,
)


class Transport(Protocol):
    """One device's way to its server; every call may raise ``Unreachable``, and then it may have happened or not."""

    def time(self, nonce: str) -> TimeAnswer:
        """The server's signed time for a fresh nonce."""

    def push(self, request: PushRequest) -> PushAnswer:
        """Hands entries over; the answer is the server's own head."""

    def scopes(self) -> ScopesAnswer:
        """What this device may pull now, and where it stands."""

    def changes(self, scope: str, cursor: Cursor) -> ChangePage:
        """The next page of a scope: all that servers can do that don't give several together."""

    def pages(self, asked: Mapping[str, Cursor]) -> list[ChangePage]:
        """The next page of each of the first of these scopes, at least one."""

    def blob(self, digest: str) -> BlobAnswer | None:
        """What the server holds of a blob; None if nothing."""

    def put_blob(self, digest: str, box: bytes) -> BlobAnswer:
        """Uploads a blob; the same blob twice is one."""

    def leave(self, request: LeaveRequest) -> LeaveAnswer:
        """Asks, as a revoked device, whether the server has everything of the journal."""

    def run(self, command_id: str, name: str, version: int, body: bytes, token: str) -> dict[str, Any]:
        """Runs an online command as the account of the token; the same id twice is one command."""

    def log_in(self, login: str, password: str) -> dict[str, Any]:
        """Logs an account in on this device; the answer holds its token (A-4)."""

    def wait(self, seq: int) -> int:
        """Comes back with the server's sequence when it is another than ``seq``, or after a while."""
