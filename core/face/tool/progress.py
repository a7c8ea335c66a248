"""How far a long work has come, on standard error, where somebody watches."""

import sys
from types import TracebackType

from core.clock import Clock, SystemClock


class Progress:
    """Done of how many, and the seconds left; silent unless standard error is a terminal."""

    def __init__(self, total: int, what: str, clock: Clock | None = None) -> None:
        self._total, self._what, self._clock = total, what, clock or SystemClock()
        self._begun, self._done = self._clock.monotonic(), 0
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown and self._done:
            print(file=sys.stderr)  # noqa: T201

    def step(self) -> None:
        """One more is done."""
        self._done += 1
        if self._shown:
            spent = self._clock.monotonic() - self._begun
            left = spent / self._done * (self._total - self._done)
            print(  # noqa: T201
                f"\r{self._what} {self._done}/{self._total}, {left:.0f} s left  ", end="", file=sys.stderr
            )
