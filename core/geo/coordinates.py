"""Conversions between WGS-84, GCJ-02 and BD-09, for the adapters of map services (J-6).

GCJ-02 has no published formula; this is the one that all open implementations share. It bends coordinates inside a
rectangle around China only. The way back is found by iteration, to well under a millimetre.
"""

import math

from core.geo.point import Point, System

_AXIS = 6_378_245.0
_ECCENTRICITY = 0.006_693_421_622_965_943
_CHINA_LAT = (0.8293, 55.8271)
_CHINA_LON = (72.004, 137.8347)
_BAIDU_PI = math.pi * 3000.0 / 180.0
_ROUNDS = 12
"""Each round shrinks the error at least a hundredfold; twelve reach the limit of a float from anywhere."""


def to_wgs84(point: Point) -> Point:
    """The point as it is stored."""
    return convert(point, "WGS-84")


def convert(point: Point, system: System) -> Point:
    """The same place in another system."""
    if point.system == system:
        return point
    gcj = (
        point if point.system == "GCJ-02" else _from_baidu(point) if point.system == "BD-09" else _bent(point)
    )
    if system == "GCJ-02":
        return gcj
    return _to_baidu(gcj) if system == "BD-09" else _straightened(gcj)


def is_bent(lat: float, lon: float) -> bool:
    """Whether GCJ-02 differs from WGS-84 here."""
    return _CHINA_LAT[0] <= lat <= _CHINA_LAT[1] and _CHINA_LON[0] <= lon <= _CHINA_LON[1]


def _bent(point: Point) -> Point:
    lat, lon = _shifted(point.lat, point.lon)
    return Point(lat, lon, "GCJ-02")


def _straightened(point: Point) -> Point:
    """The WGS-84 point whose bent image this is; outside of the rectangle both are one."""
    if not is_bent(point.lat, point.lon):
        return Point(point.lat, point.lon)
    lat, lon = point.lat, point.lon
    for _ in range(_ROUNDS):
        there = _shifted(lat, lon)
        lat, lon = lat - (there[0] - point.lat), lon - (there[1] - point.lon)
    return Point(lat, lon)


def _shifted(lat: float, lon: float) -> tuple[float, float]:
    """Adds the shift of GCJ-02, which is given in metres, as degrees on its ellipsoid."""
    if not is_bent(lat, lon):
        return lat, lon
    north, east = _metres(lon - 105.0, lat - 35.0)
    sine = math.sin(math.radians(lat))
    bulge = 1 - _ECCENTRICITY * sine * sine
    meridian = _AXIS * (1 - _ECCENTRICITY) / (bulge * math.sqrt(bulge))
    parallel = _AXIS / math.sqrt(bulge) * math.cos(math.radians(lat))
    return lat + math.degrees(north / meridian), lon + math.degrees(east / parallel)


def _metres(x: float, y: float) -> tuple[float, float]:
    """The shift to the north and to the east, from degrees east of 105 and north of 35."""
    root, pi = math.sqrt(abs(x)), math.pi
    ripple = (20 * math.sin(6 * x * pi) + 20 * math.sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north += (20 * math.sin(y * pi) + 40 * math.sin(y / 3 * pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * pi) + 320 * math.sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east += (20 * math.sin(x * pi) + 40 * math.sin(x / 3 * pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * pi) + 300 * math.sin(x / 30 * pi)) * 2 / 3
    return north, east


def _to_baidu(gcj: Point) -> Point:
    lat, lon = _turned(gcj.lat, gcj.lon)
    return Point(lat, lon, "BD-09")


def _turned(lat: float, lon: float) -> tuple[float, float]:
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _BAIDU_PI)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BAIDU_PI)
    return radius * math.sin(angle) + 0.006, radius * math.cos(angle) + 0.0065


def _from_baidu(point: Point) -> Point:
    lat, lon = point.lat - 0.006, point.lon - 0.0065
    for _ in range(_ROUNDS):
        there = _turned(lat, lon)
        lat, lon = lat - (there[0] - point.lat), lon - (there[1] - point.lon)
    return Point(lat, lon, "GCJ-02")
