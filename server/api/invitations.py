"""The QR code of an invitation, drawn on the server for who has no program to draw it (C-1)."""

import io

import segno
from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from core.contacts import queries as contacts
from core.contacts.links import invitation_link
from server.identity import AccountOf
from server.rights import require_read
from server.state import Here

router = APIRouter(tags=["contacts"])


class CodeRequest(BaseModel):
    """The token of an invitation that this office has just made; in a body, so that no log sees it."""

    model_config = ConfigDict(extra="forbid")
    token: str = Field(min_length=20, max_length=200)


class ServerAddress(BaseModel):
    """The address that phones reach, from which a desktop makes its links."""

    public_url: str


@router.get("/address")
def address(_caller: AccountOf, here: Here) -> ServerAddress:
    """What comes before ``/i/`` in an invitation's link."""
    return ServerAddress(public_url=here.settings.address)


@router.post("/invitations/qr", response_class=Response, responses={200: {"content": {"image/svg+xml": {}}}})
def invitation_code(asked: CodeRequest, caller: AccountOf, here: Here) -> Response:
    """The link of a usable invitation as a QR code (SVG), for the project's lead and managers."""
    with here.store.reading() as db:
        project = contacts.invitation(db, here.store.now_ms(db), asked.token)
    require_read(here, caller.actor, "contact.invite", {"project_id": project.id})
    picture = io.BytesIO()
    code = segno.make(invitation_link(here.settings.address, asked.token), error="m", micro=False)
    code.save(picture, kind="svg", scale=8, border=4)
    return Response(picture.getvalue(), media_type="image/svg+xml")
