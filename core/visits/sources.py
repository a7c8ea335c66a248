"""Which positions a device may claim: a fixed one only where it was admitted, a recorded one only in the demo (S-4)."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.devices.models import Device
from core.geo.distance import distance_m
from core.geo.fix import FIXED, REPLAYED, Fix
from core.geo.point import Point

SAME_PLACE_M = 10.0
"""What rounding of typed degrees may make of a registered place; nobody carries a kiosk anywhere within it."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """What a device was admitted as: where it is fixed, if it is, and whether recordings stand for the world."""

    fixed: Point | None = None
    demo: bool = False


def admitted(db: Session, device_ids: Iterable[str | None]) -> dict[str | None, Admitted]:
    """What these devices were admitted as; one that is not here is admitted as nothing."""
    wanted = sorted({device_id for device_id in device_ids if device_id is not None})
    rows = db.scalars(select(Device).where(Device.id.in_(wanted))) if wanted else ()
    return {row.id: Admitted(_fixed(row), row.still_for_live) for row in rows}


def _fixed(row: Device) -> Point | None:
    if row.fixed_lat is None or row.fixed_lon is None:
        return None
    return Point(row.fixed_lat, row.fixed_lon)


def may_claim(device: Admitted, fix: Fix | None) -> bool:
    """Whether a device can know this position from this source: a tablet that is carried is fixed nowhere."""
    if fix is not None and fix.source == FIXED:
        return device.fixed is not None and distance_m(device.fixed, fix.point) <= SAME_PLACE_M
    return fix is None or fix.source != REPLAYED or device.demo
