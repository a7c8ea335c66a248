"""Where this kiosk stands: the system's receiver, a recorded log, or a fixed kiosk's registered place (S-4, S-15)."""

from typing import Protocol

from core.clock import Clock
from core.geo.fix import Fix, flagged
from core.geo.point import Point


class Locator(Protocol):
    """Something that knows the newest position."""

    def newest(self) -> Fix | None:
        """The newest fix with its age now; None if there never was one (at once)."""


class FixedLocator:
    """A kiosk that is fixed at the site: its registered position does not age."""

    def __init__(self, lat: float, lon: float) -> None:
        self._fix = Fix(Point(lat, lon), 0.0, 0, "fixed")

    def newest(self) -> Fix | None:
        """The registered position."""
        return self._fix


class NoLocator:
    """A kiosk without any source of position: nobody can start there."""

    def newest(self) -> Fix | None:
        """No position."""
        return None


class LastFix:
    """Remembers the newest fix of a receiver and lets it age; flags a jump from the one before (S-15)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._fix: Fix | None = None
        self._at = 0.0

    def take(self, point: Point, accuracy_m: float | None, source: str, *, mock: bool = False) -> None:
        """A receiver has a new position."""
        now = self._clock.monotonic()
        fix = Fix(point, accuracy_m, 0, source)
        self._fix = flagged(fix, mock=mock, before=self._fix, seconds_between=now - self._at)
        self._at = now

    def newest(self) -> Fix | None:
        """The newest fix, as old as it is now."""
        if self._fix is None:
            return None
        age = round((self._clock.monotonic() - self._at) * 1000)
        fix = self._fix
        return Fix(fix.point, fix.accuracy_m, age, fix.source, fix.flags)
