"""Logs as events with ids, one JSON object a line: no names, no texts of people, no tokens, no query strings."""

import logging
import sys
import traceback
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.clock import Clock

log = structlog.get_logger()


def frames_only(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    """Replaces an exception by its kind and places: its message may carry what somebody typed."""
    told = event.pop("exc_info", None)
    if told is True:
        told = sys.exc_info()
    if isinstance(told, BaseException):
        told = (type(told), told, told.__traceback__)
    if isinstance(told, tuple) and told[0] is not None:
        frames = traceback.extract_tb(told[2])
        event["exception"] = told[0].__name__
        event["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
    return event


_SHARED: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    frames_only,
]


def configure() -> None:
    """Hands structlog's events to the standard library, where whoever runs the server decides what becomes of them."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def set_up(level: int = logging.INFO) -> None:
    """Writes every event and every library's record to standard error, one JSON object a line."""
    render = structlog.processors.JSONRenderer(ensure_ascii=False)
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processors=[remove, render], foreign_pre_chain=_SHARED)
    )
    root = logging.getLogger()
    root.handlers, root.level = [handler], level
    # Its lines hold whole addresses, and so the tokens of invitations.
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
