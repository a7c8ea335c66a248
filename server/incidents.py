"""Our own bugs, caught where they would end more than themselves: an id to find them by, the places for the log."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.ids import new_id
from server.errors import Problem, answer, unruly

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
"""A task that broke off begins again after the first of them, and each time after twice as long."""
log = structlog.get_logger()


async def keep_going(task: str, work: Callable[[], Awaitable[None]]) -> None:
    """Does one of the server's own tasks until it is cancelled: a bug is told at once, and the task begun again.

    One that went well for as long as the longest pause begins with the first pause again.
    """
    loop, pause = asyncio.get_running_loop(), FIRST_PAUSE_S
    while True:
        began = loop.time()
        try:
            await work()
        except Exception as error:
            log.error("task_broken", task=task, incident=new_id(), exc_info=error)
        if loop.time() - began > LONGEST_PAUSE_S:
            pause = FIRST_PAUSE_S
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_S)


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
