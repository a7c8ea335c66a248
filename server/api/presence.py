"""When the devices of an agency were last heard of, and how much was waiting on them then, for its managers (D-1)."""

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select

from core.accounts.roles import require
from core.devices.models import Device, DeviceContact
from server.identity import AccountOf
from server.rights import reader
from server.state import Here

router = APIRouter(tags=["devices"])


class Heard(BaseModel):
    """A device's last word; one that was never heard of is not listed."""

    device_id: str
    seen_ms: int
    waiting: int


@router.get("/agencies/{agency_id}/devices")
def heard(agency_id: str, caller: AccountOf, here: Here) -> list[Heard]:
    """What a manager looks at to see which device has not come home."""
    with here.store.reading() as db:
        require(reader(here, db, caller.actor), "device.admit", {"agency_id": agency_id})
        rows = db.scalars(
            select(DeviceContact)
            .join(Device, Device.id == DeviceContact.device_id)
            .where(Device.agency_id == agency_id)
        )
        return [Heard(device_id=row.device_id, seen_ms=row.seen_ms, waiting=row.waiting) for row in rows]
