"""Handing in a portrait: the picture is checked before the bus, which then puts it into force (P-2, B-2)."""

from typing import Annotated

from fastapi import APIRouter, File, Form
from pydantic import BaseModel

from core.errors import BadInput
from core.practitioners.commands import SubmitPortrait
from server import doors
from server.identity import AccountOf, KnownFirst
from server.rights import require_read
from server.state import Here

router = APIRouter(tags=["persons"], route_class=KnownFirst)
MAX_BYTES = 10 * 1024 * 1024
MOST_MORE = 4


class PortraitAnswer(BaseModel):
    """The portrait that serves from now on."""

    portrait_id: str


@router.post("/persons/{person_id}/portrait")
def submit_portrait(
    person_id: str,
    caller: AccountOf,
    here: Here,
    id: Annotated[str, Form()],  # noqa: A002 - the name that every command has on the wire
    picture: Annotated[bytes, File()],
    consent: Annotated[bool, Form()],
    agency_id: Annotated[str | None, Form()] = None,
    more: Annotated[list[bytes] | None, File()] = None,
) -> PortraitAnswer:
    """Checks the picture and puts it into force; a refusal names the fault, so that one can take a better one.

    ``more`` are up to four other photos of the same person: a face is known more surely from several.
    """
    others = more or []
    if any(len(one) > MAX_BYTES for one in (picture, *others)):
        raise BadInput("portraits.size", "照片超过 10 MB", "请压缩后重新选择照片", rule="B-2")
    if len(others) > MOST_MORE:
        raise BadInput("portraits.many", "照片过多", f"除证件照外请最多选择 {MOST_MORE} 张照片", rule="P-2")
    # The right is asked first, so that nobody else may make the server work on pictures.
    require_read(here, caller.actor, "portrait.submit", {"person_id": person_id})
    checked = here.portraits.check(picture, others)
    command = SubmitPortrait(
        person_id=person_id,
        portrait_id=doors.derived_id(id, "portrait"),
        agency_id=agency_id,
        image=checked.picture,
        template=checked.template.vector,
        engine=checked.template.model,
        consent=consent,
        photos=list(checked.more),
    )
    outcome = doors.run(here, command, actor=caller.actor, command_id=id)
    return PortraitAnswer(portrait_id=outcome.answer["portrait_id"])
