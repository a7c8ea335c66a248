"""Threads in which requests are carried out: few, so that they don't crowd each other, and some for entries alone."""

from collections.abc import Callable
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread

OTHERS, ENTRIES, PHOTOS = 8, 2, 2
"""Python runs one thread at a time: with many of them every request waits for all others. What people did comes
before what they look at and before photos, which nobody waits for.
"""

SWITCH_S = 0.001
"""For so long one thread may keep others waiting. Each statement gives the interpreter away, on PostgreSQL for a while,
and with Python's own 5 ms the forty statements of a push waited longer for other threads than for the database.
"""

T = TypeVar("T")


class Lanes:
    """How many requests of a kind run at once in this process; the others wait in the order in which they came."""

    def __init__(self) -> None:
        self.entries = CapacityLimiter(ENTRIES)
        self.photos = CapacityLimiter(PHOTOS)

    async def entry(self, work: Callable[..., T], *arguments: Any) -> T:
        """Runs what takes entries in."""
        return await to_thread.run_sync(work, *arguments, limiter=self.entries)

    async def photo(self, work: Callable[..., T], *arguments: Any) -> T:
        """Runs a step of taking a photo in; waiting for the next bytes is none."""
        return await to_thread.run_sync(work, *arguments, limiter=self.photos)

    @staticmethod
    def narrow() -> None:
        """Limits what has no lane of its own; to be called in the server's event loop."""
        to_thread.current_default_thread_limiter().total_tokens = OTHERS
