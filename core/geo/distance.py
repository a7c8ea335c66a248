"""Distances on the WGS-84 ellipsoid, and whether somebody is inside a site (S-4)."""

import math

import msgspec

from core.errors import BadInput
from core.geo.coordinates import to_wgs84
from core.geo.point import Point

DEFAULT_RADIUS_M = 500
MIN_RADIUS_M = 100
MAX_RADIUS_M = 2_000
MAX_FAVOUR_M = 100.0
"""S-4: how much of a fix's accuracy counts in the person's favour."""

_EQUATOR_M = 6_378_137.0
_POLE_M = 6_356_752.314_245
_FLATTENING = 1 / 298.257_223_563
_NEAR_M = 100_000.0


class Nearness(msgspec.Struct, frozen=True, gc=False):
    """How far a fix is from a site, what was counted in the person's favour, and whether that is inside."""

    distance_m: float
    favour_m: float
    inside: bool


def check_radius(radius_m: int) -> int:
    """A radius that a manager may set (S-4: 100–2000 m)."""
    if not MIN_RADIUS_M <= radius_m <= MAX_RADIUS_M:
        raise BadInput(
            "radius-range",
            f"执业范围应在 {MIN_RADIUS_M} 至 {MAX_RADIUS_M} 米之间。",
            "请重新填写。",
            rule="S-4",
        )
    return radius_m


def nearness(site: Point, radius_m: float, place: Point, accuracy_m: float) -> Nearness:
    """Distance to the project's point ≤ its radius, the accuracy counted in the person's favour up to 100 m (S-4)."""
    favour = min(max(accuracy_m, 0.0), MAX_FAVOUR_M) if math.isfinite(accuracy_m) else 0.0
    metres = distance_m(site, place)
    return Nearness(metres, favour, metres - favour <= radius_m)


def distance_m(one: Point, other: Point) -> float:
    """Metres between two points, whatever their systems.

    Near ones are measured on the ellipsoid: the chord between them in space is below the arc by less than a
    centimetre in 15 km. Far ones, where only "far" matters, are measured on the sphere.
    """
    a, b = to_wgs84(one), to_wgs84(other)
    chord = math.dist(_in_space(a), _in_space(b))
    return chord if chord <= _NEAR_M else _haversine(a, b)


def _in_space(point: Point) -> tuple[float, float, float]:
    """Earth-centred coordinates of a point on the ellipsoid."""
    lat, lon = math.radians(point.lat), math.radians(point.lon)
    square = _FLATTENING * (2 - _FLATTENING)
    normal = _EQUATOR_M / math.sqrt(1 - square * math.sin(lat) ** 2)
    across = normal * math.cos(lat)
    return across * math.cos(lon), across * math.sin(lon), normal * (1 - square) * math.sin(lat)


def _haversine(a: Point, b: Point) -> float:
    """Great-circle distance on the sphere of mean radius; off by up to 0.5 %."""
    radius = (2 * _EQUATOR_M + _POLE_M) / 3
    lat1, lat2 = math.radians(a.lat), math.radians(b.lat)
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    return 2 * radius * math.asin(min(1.0, math.sqrt(half)))
