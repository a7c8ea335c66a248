"""What a written position is worth against a project's place (S-4, S-15): the one answer for gate and judgement."""

from dataclasses import dataclass

from core.geo.distance import nearness
from core.geo.fix import Fix, Worth, worth_of
from core.geo.point import Point
from core.visits.standing import Place


@dataclass(frozen=True, slots=True)
class Position:
    """No position, outside, in doubt (待核实) — and how far from the project's point."""

    missing: bool
    outside: bool
    soft: bool
    distance_m: float | None


NOWHERE = Position(missing=True, outside=False, soft=False, distance_m=None)


def judge(place: Place | None, fix: Fix | None) -> Position:
    """Judges a fix; a project without a place can't be stood at."""
    worth = worth_of(fix)
    if fix is None or place is None or worth is Worth.NONE:
        return NOWHERE
    near = nearness(Point(place.lat, place.lon), place.radius_m, fix.point, fix.accuracy_m)
    return Position(False, not near.inside, worth is Worth.SOFT, near.distance_m)
