"""Pull: which scopes a device may hold, pages of changed rows, and waiting for the next change."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from core.db.changes import GENESIS
from core.journals import pull
from core.wire.push import ChangePage, ChangesAnswer, ChangesRequest, Cursor, ScopesAnswer
from server.identity import DeviceToken, KnownOf, device_in
from server.schema import gives, raw_body, read, takes, told
from server.state import Here, State
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
        answer = ScopesAnswer(scopes=found, heads=pull.heads_of(db, found), together=True)
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
    return told(_pages(here, token, {scope: Cursor(seq=seq, rolling=rolling)})[0])


@router.post("/changes", openapi_extra=takes(ChangesRequest), responses=gives(ChangesAnswer))
async def several(token: DeviceToken, here: Here, body: Annotated[bytes, Depends(raw_body)]) -> Response:
    """Rows of several scopes that changed after a cursor each: a page for each of the first of them."""
    return await run_in_threadpool(_several, here, token, body)


def _several(here: State, token: str, body: bytes) -> Response:
    asked = {one.scope: one.cursor for one in read(body, ChangesRequest).asked}
    return told(ChangesAnswer(pages=_pages(here, token, asked)))


def _pages(here: State, token: str, asked: dict[str, Cursor]) -> list[ChangePage]:
    with here.store.reading() as db:
        pull.require_scopes(db, device_in(here, db, token), asked, here.store.now_ms(db))
        return pull.pages(db, here.vault, asked)


@router.get("/wait")
async def wait(
    caller: KnownOf,
    here: Here,
    seq: Sequence = 0,
    seconds: Annotated[float, Query(ge=0, le=LONGEST_SECONDS)] = LONGEST_SECONDS,
) -> WaitAnswer:
    """Answers as soon as something was committed after ``seq``, or after the given seconds with what it is."""
    return WaitAnswer(seq=await here.watch.beyond(seq, seconds))
