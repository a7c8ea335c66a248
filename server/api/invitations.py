"""The address that an invitation's QR code leads to (C-1); the code itself is drawn where it is shown."""

from fastapi import APIRouter
from pydantic import BaseModel

from server.identity import AccountOf
from server.state import Here

router = APIRouter(tags=["contacts"])


class ServerAddress(BaseModel):
    """The address that phones reach, from which a desktop makes its links."""

    public_url: str


@router.get("/address")
def address(_caller: AccountOf, here: Here) -> ServerAddress:
    """What comes before ``/i/`` in an invitation's link."""
    return ServerAddress(public_url=here.settings.address)
