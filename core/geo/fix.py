"""What a device knows about where it is, how old that is, and what it is worth (S-15)."""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from core.geo.distance import distance_m, nearness
from core.geo.point import Point

FRESH_MS = 60_000
OLD_MS = 600_000
JUMP_M_PER_S = 70.0
"""Faster than anything in the city: between two fixes of one device this is flagged, not judged."""

GUESSED = "network"
"""The source of a position that somebody derived from a network address."""

FIXED = "fixed"
"""The source of a kiosk's registered place, which does not age."""

REPLAYED = "replay"
"""The source of a position that comes from a recorded log."""


class Worth(StrEnum):
    """What a fix allows: a start or end, one that stays 待核实, or nothing."""

    GOOD = "good"
    SOFT = "soft"
    NONE = "none"


class Fix(Struct, frozen=True, gc=False):
    """A position with accuracy (None if unknown) and age; flags are shown to people, never judged by the program.

    Sources: ``gps`` a receiver, ``wifi`` the system's service, ``fixed``, ``replay`` a log, ``network`` a guess.
    """

    point: Point
    accuracy_m: float | None
    age_ms: int
    source: str
    flags: tuple[str, ...] = ()


class Position(Struct, frozen=True, gc=False):
    """A fix measured against a site: no position at all, outside, or only good enough for 待核实."""

    distance_m: float | None
    missing: bool
    outside: bool
    soft: bool
    favour_m: float = 0.0


def judge(site: Point | None, radius_m: float, fix: Fix | None) -> Position:
    """Measures a fix against the project's place (S-4, S-7, S-15).

    A site whose place nobody has recorded is not the person's fault: it gives 待核实, not outside.
    """
    worth = worth_of(fix)
    if fix is None or worth is Worth.NONE:
        return Position(None, missing=True, outside=False, soft=False)
    if site is None:
        return Position(None, missing=False, outside=False, soft=True)
    near = nearness(site, radius_m, fix.point, fix.accuracy_m or 0.0)
    return Position(near.distance_m, False, not near.inside, worth is Worth.SOFT, near.favour_m)


def worth_of(fix: Fix | None) -> Worth:
    """At most 60 s old: good; up to 10 minutes, in a basement: 待核实; older, 0,0 or a guess: no position (S-15)."""
    if fix is None or fix.source == GUESSED or fix.point.is_null_island() or fix.age_ms < 0:
        return Worth.NONE
    if fix.source == FIXED or fix.age_ms <= FRESH_MS:
        return Worth.GOOD
    return Worth.SOFT if fix.age_ms <= OLD_MS else Worth.NONE


def flagged(fix: Fix, *, mock: bool, before: Fix | None, seconds_between: float) -> Fix:
    """The fix with what should make a reader look twice: a mock provider, or a jump from the one before."""
    found = set(fix.flags)
    if mock:
        found.add("mock")
    if before is not None and _jumped(before, fix, seconds_between):
        found.add("jump")
    return replace(fix, flags=tuple(sorted(found)))


def _jumped(before: Fix, fix: Fix, seconds: float) -> bool:
    """Whether nobody can have travelled so far, even if both fixes are off by their accuracies."""
    apart = distance_m(before.point, fix.point) - (before.accuracy_m or 0.0) - (fix.accuracy_m or 0.0)
    return apart > JUMP_M_PER_S * max(seconds, 1.0)
