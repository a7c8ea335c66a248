"""What every answer carries and what no request may exceed: security headers and sizes of bodies."""

from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartParser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEGABYTE = 1024 * 1024
DEFAULT = MEGABYTE
LIMITS: Sequence[tuple[str, int]] = (
    ("/api/v1/journals/", 64 * MEGABYTE),
    ("/api/v1/blobs/", 17 * MEGABYTE),
    ("/api/v1/persons/", 52 * MEGABYTE),
)
"""Longest bodies by the beginning of the path; everything else is a form or a command."""

# A portrait is not to touch the disk in the clear, not even as a file that has no name (D-2).
MultiPartParser.spool_max_size = max(size for _start, size in LIMITS)

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


class SecureHeaders:
    """Sets the headers that keep a page to itself: no script at all, no frame, no referrer, no copy in caches."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app, self._https = app, https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Adds the headers to the beginning of the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._set(MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, with_headers)

    def _set(self, headers: MutableHeaders) -> None:
        headers["Content-Security-Policy"] = _POLICY
        headers["Referrer-Policy"] = "no-referrer"
        headers["X-Frame-Options"] = "DENY"
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        headers.setdefault("Cache-Control", "no-store")
        if self._https:
            headers["Strict-Transport-Security"] = "max-age=31536000"


class BodyLimits:
    """Refuses a body that is longer than its path allows, by what it announces and by what really comes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Counts the body while it is read; the application's handlers turn the refusal into an answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = next((size for start, size in LIMITS if scope["path"].startswith(start)), DEFAULT)
        announced = Headers(scope=scope).get("content-length", "")
        over, seen = announced.isdigit() and int(announced) > limit, 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if over or seen > limit:
                raise HTTPException(413)
            return message

        await self._app(scope, counted, send)
