"""Our own bugs, caught inside of everything that every answer carries: an id for the caller, the places for the log."""

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.ids import new_id
from server.errors import Problem, answer, unruly

log = structlog.get_logger()


class Incidents:
    """The one place where every bug becomes an answer; the log gets its kind and places, never its message."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers for the application when it breaks, unless its answer has already begun."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            log.info("client_gone")
        except Exception as error:
            incident = new_id()
            log.error("bug", incident=incident, exc_info=error)
            if begun:
                raise
            await answer(Request(scope), _told(incident))(scope, receive, send)


def _told(incident: str) -> Problem:
    """An id to find the bug by in the log, and nothing of it for the caller."""
    hint = f"问题已记录，请稍后重试；联系管理员时请提供编号 {incident}"
    return unruly("bug", "bug", "服务器出现内部问题", hint, 500)
