"""A point always carries its coordinate system; null is not zero."""

import math
from typing import Literal

import msgspec

from core.errors import BadInput

System = Literal["WGS-84", "GCJ-02", "BD-09"]
"""Satellites and our records speak WGS-84; Chinese map services speak GCJ-02 or BD-09."""


class Point(msgspec.Struct, frozen=True, gc=False):
    """A place on earth in degrees; an unknown place is no point at all, never 0,0."""

    lat: float
    lon: float
    system: System = "WGS-84"

    def __post_init__(self) -> None:
        """Refuses what lies on no globe."""
        if not (math.isfinite(self.lat) and math.isfinite(self.lon)):
            raise BadInput("point-range", "坐标不是有效的数字。", rule="S-15")
        if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            raise BadInput("point-range", "坐标超出了经纬度的范围。", rule="S-15")

    def is_null_island(self) -> bool:
        """Whether this is 0,0 — what a receiver says that knows nothing (S-15); a metre around counts too."""
        return abs(self.lat) < 1e-5 and abs(self.lon) < 1e-5
