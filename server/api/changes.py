"""Pull: which scopes a device may hold, pages of changed rows, and waiting for the next change."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel

from core.db.changes import GENESIS
from core.errors import NotAllowed
from core.journals import pull
from core.wire.push import ChangePage, Cursor, ScopesAnswer
from server.identity import DeviceToken, KnownOf, device_in
from server.schema import gives, told
from server.state import Here
from server.waiting import LONGEST_SECONDS

router = APIRouter(tags=["sync"])
Sequence = Annotated[int, Query(ge=0, lt=2**63)]
"""A place in the order of commits, as databases can keep it."""


class WaitAnswer(BaseModel):
    """The sequence of the last commit; another than the one asked with means that something changed."""

    seq: int


@router.get("/scopes", responses=gives(ScopesAnswer))
def scopes(
    token: DeviceToken, here: Here, waiting: Annotated[int | None, Query(ge=0, lt=2**31)] = None
) -> Response:
    """The scopes that this device may pull now, and where each stands; what is no longer among them it drops.

    ``waiting`` says how many entries and photos the server has not got yet: managers see it.
    """
    with here.store.reading() as db:
        device, now_ms = device_in(here, db, token), here.store.now_ms(db)
        found = pull.scopes_of(db, device, now_ms)
        answer = ScopesAnswer(scopes=found, heads=pull.heads_of(db, found))
    if waiting is not None:
        here.presence.note(here.store, device.id, now_ms, waiting)
    return told(answer)


@router.get("/changes", responses=gives(ChangePage))
def changes(
    token: DeviceToken,
    here: Here,
    scope: Annotated[str, Query(max_length=60)],
    seq: Sequence = 0,
    rolling: Annotated[str, Query(pattern="^[0-9a-f]{64}$")] = GENESIS,
) -> Response:
    """Rows of one scope that changed after a cursor, in commit order."""
    with here.store.reading() as db:
        if not pull.may_pull(db, device_in(here, db, token), scope, here.store.now_ms(db)):
            raise NotAllowed(
                "changes.scope", "本设备不能读取这部分数据", "设备会自动更新可读取的范围", rule="D-1"
            )
        return told(pull.changes(db, here.vault, scope, Cursor(seq=seq, rolling=rolling)))


@router.get("/wait")
async def wait(
    caller: KnownOf,
    here: Here,
    seq: Sequence = 0,
    seconds: Annotated[float, Query(ge=0, le=LONGEST_SECONDS)] = LONGEST_SECONDS,
) -> WaitAnswer:
    """Answers as soon as something was committed after ``seq``, or after the given seconds with what it is."""
    return WaitAnswer(seq=await here.watch.beyond(seq, seconds))
