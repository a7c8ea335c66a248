"""Push: a device's journal entries come in, in one transaction, and the server answers with its own head."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from core.crashpoints import reach
from core.errors import BadInput
from core.journals.reception import receive
from core.wire.push import PushAnswer, PushRequest
from server.identity import DeviceToken, leaving_by_token
from server.schema import gives, raw_body, read, takes, told
from server.state import Here, State

router = APIRouter(tags=["sync"])


@router.post("/journals/{journal_id}/entries", openapi_extra=takes(PushRequest), responses=gives(PushAnswer))
async def push(
    journal_id: str, token: DeviceToken, here: Here, body: Annotated[bytes, Depends(raw_body)]
) -> Response:
    """Takes up to 500 entries; a broken rule is a verdict on its entry, never an HTTP error (S-18)."""
    return await here.lanes.entry(_take, here, token, journal_id, body)


def _take(here: State, token: str, journal_id: str, body: bytes) -> Response:
    device = leaving_by_token(here, token)
    request = read(body, PushRequest)
    if request.journal != journal_id:
        raise BadInput("push.journal", "上传地址与记录本不一致", "设备会自动重试")
    answer = receive(here.bus, here.keys.reception, device, request)
    reach("push-committed")
    return told(answer)
