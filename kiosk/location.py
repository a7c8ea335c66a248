"""Where this kiosk stands: the system's receiver, a recorded log, or a fixed kiosk's registered place (S-4, S-15)."""

from typing import Protocol

from msgspec.structs import replace

from core.clock import Clock, ms_of
from core.geo.fix import GUESSED, Fix, flagged
from core.geo.point import Point

_RECEIVERS = ("nmea", "serialnmea", "gypsy")
"""Qt's names of sources that are receivers and nothing else."""
_GUESS_M, _WIFI_M = 1_000.0, 30.0
_MOVED_MS, _STEP_MS = 2_000, 1_000


class Locator(Protocol):
    """Something that knows the newest position."""

    def newest(self) -> Fix | None:
        """The newest fix with its age now; None if there never was one (at once)."""

    def trouble(self) -> str:
        """Why no position can come, in a sentence; empty while one may (at once)."""


class FixedLocator:
    """A kiosk that is fixed at the site: its registered position does not age."""

    def __init__(self, lat: float, lon: float) -> None:
        self._fix = Fix(Point(lat, lon), 0.0, 0, "fixed")

    def newest(self) -> Fix | None:
        """The registered position."""
        return self._fix

    def trouble(self) -> str:
        """It is always there."""
        return ""


class LastFix:
    """Remembers the newest fix of a receiver and lets it age; flags a jump from the one before (S-15)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._fix: Fix | None = None
        self._at = 0
        self._stamps = _Stamps()

    def take(
        self,
        point: Point,
        accuracy_m: float | None,
        source: str,
        *,
        taken_ms: int | None = None,
        mock: bool = False,
    ) -> None:
        """A receiver has a position; ``taken_ms`` is its own time stamp, which can be long before it is told."""
        if point.is_null_island():
            return  # a receiver that knows nothing; what was known goes on ageing
        here = self._clock.boot().ms
        wall = ms_of(self._clock.now())
        at = here if taken_ms is None else here - self._stamps.age(taken_ms, here, wall)
        if self._fix is not None and (at < self._at or (source == GUESSED != self._fix.source)):
            return
        fix = Fix(point, accuracy_m, 0, source)
        self._fix = flagged(fix, mock=mock, before=self._fix, seconds_between=(at - self._at) / 1000)
        self._at = at

    def newest(self) -> Fix | None:
        """The newest fix, as old as it is now; suspending the machine does not keep it young."""
        if self._fix is None:
            return None
        return replace(self._fix, age_ms=max(0, self._clock.boot().ms - self._at))


class _Stamps:
    """Tells how old a fix is when it arrives, although the wall clock may be wrong.

    A stamp is compared with the wall clock until two stamps have advanced in step with the boot clock: from then on
    the source is known to tell at once, and a stamp that falls behind the quickest one is late by just that much.
    """

    def __init__(self) -> None:
        self._before: tuple[int, int] | None = None
        self._least: int | None = None
        self._in_step = False

    def age(self, taken_ms: int, here_ms: int, wall_ms: int) -> int:
        """Milliseconds from the stamp to this moment of the boot clock."""
        lag = here_ms - taken_ms
        if self._before is not None:
            taken, before = self._before
            moved = taken_ms - taken >= _MOVED_MS
            self._in_step = self._in_step or (moved and abs(lag - before) <= _STEP_MS)
        self._before = (taken_ms, lag)
        self._least = lag if self._least is None else min(lag, self._least)
        late = lag - self._least
        return late if self._in_step else max(late, wall_ms - taken_ms)


def kind_of(service: str, accuracy_m: float | None, in_space: bool) -> str:
    """What a position of the system is worth: its services mix satellites, Wi-Fi and guesses from the network.

    ``in_space`` says that the height was measured, too, which only satellites give.
    """
    if service in _RECEIVERS:
        return "gps"
    if accuracy_m is not None and accuracy_m > _GUESS_M:
        return GUESSED
    exact = accuracy_m is not None and accuracy_m <= _WIFI_M
    return "gps" if in_space or exact else "wifi"
