"""The server's log of requests: routes instead of paths, no tokens, no query strings."""

import logging

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import logs
from core.clock import Clock
from core.logs import configure

log = structlog.get_logger()

__all__ = ["RequestLog", "configure", "set_up"]


def set_up(level: int = logging.INFO) -> None:
    """Sets the program's log up, without the access lines of uvicorn: they hold whole addresses, and so tokens."""
    logs.set_up(level)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # an upgrade is an event of ours
    logging.getLogger("uvicorn.access").disabled = True


class RequestLog:
    """Writes one event for each request: the route's pattern instead of its path, the status, how long it took."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app, self._clock = app, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and looks at the status of its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = self._clock.monotonic(), 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "-")
            took = round((self._clock.monotonic() - begun) * 1000)
            log.info("request", method=scope["method"], route=route, status=status, ms=took)
