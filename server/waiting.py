"""Lets many callers wait for the next commit without a thread for each: one task reads the head for all of them."""

import asyncio
from collections.abc import Callable

import structlog
from anyio import to_thread
from sqlalchemy.exc import SQLAlchemyError

POLL_SECONDS = 0.3
LONGEST_SECONDS = 25.0
log = structlog.get_logger()


class HeadWatch:
    """Knows the last commit while somebody waits; ``run`` is the one task that reads it."""

    def __init__(self, read: Callable[[], int]) -> None:
        self._read = read
        self._seq = 0
        self._waiting = 0
        self._moved = asyncio.Event()

    async def run(self) -> None:
        """Reads the head every 300 ms while there is a waiter; ends by being cancelled."""
        while True:
            if self._waiting:
                await self._look()
            await asyncio.sleep(POLL_SECONDS)

    async def beyond(self, seq: int, seconds: float) -> int:
        """The head as soon as it is another than ``seq``, or what it is when the time is over.

        Another, not greater: after a server was restored from a backup its sequence is smaller.
        """
        self._waiting += 1
        try:
            self._hear(await to_thread.run_sync(self._read))
            async with asyncio.timeout(min(seconds, LONGEST_SECONDS)):
                while self._seq == seq:
                    await self._moved.wait()
        except TimeoutError:
            pass
        finally:
            self._waiting -= 1
        return self._seq

    async def _look(self) -> None:
        try:
            seq = await to_thread.run_sync(self._read)
        except SQLAlchemyError as error:
            # The database may come back: who waits is told nothing until then.
            log.warning("head_unreadable", kind=type(error).__name__)
            return
        self._hear(seq)

    def _hear(self, seq: int) -> None:
        """Whoever reads the head first tells all who wait: the next reader would find nothing new."""
        if seq != self._seq:
            self._seq = seq
            self._moved.set()
            self._moved = asyncio.Event()
