"""Photos and documents by the hash of what is stored; hashed while they stream in, so a blob is what its name says."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response, StreamingResponse

from core.attachments.models import BlobRow
from core.attachments.store import Intake, chunks
from core.devices.models import Device
from core.errors import NotHere
from core.wire.push import BlobAnswer
from server.identity import DeviceOf, LeavingOf
from server.schema import gives, told
from server.state import Here, State

_PIECE = 256 * 1024
"""So many bytes are written at a time."""
router = APIRouter(tags=["sync"])
Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


@router.put("/blobs/{sha256}", responses=gives(BlobAnswer))
async def put_blob(sha256: Digest, request: Request, device: LeavingOf, here: Here) -> Response:
    """Takes a blob in; the same one again changes nothing. ``durable`` says when the device may delete its copy.

    Naming a hash proves nothing: what another agency has brought has to be brought again.
    """
    lane = here.lanes.photo
    if await lane(_own_size, here, sha256, device) is None:
        await _stream(request, await lane(here.blobs.intake, sha256), lane)
    return told(await lane(_remember, here, sha256, device))


async def _stream(request: Request, intake: Intake, lane: Callable[..., Awaitable[Any]]) -> None:
    """Writes what comes, a piece at a time; a broken connection leaves nothing behind."""
    try:
        piece = bytearray()
        async for chunk in request.stream():
            piece += chunk
            if len(piece) >= _PIECE:
                await lane(intake.write, bytes(piece))
                piece.clear()
        await lane(_finish, intake, bytes(piece))
    finally:
        intake.drop()


def _finish(intake: Intake, last: bytes) -> None:
    intake.write(last)
    intake.keep()


def _remember(here: State, digest: str, device: Device) -> BlobAnswer:
    size = here.blobs.size(digest) or 0
    with here.store.writing() as db:
        if db.get(BlobRow, (digest, device.agency_id)) is None:
            now_ms = here.store.now_ms(db)
            db.add(
                BlobRow(
                    digest=digest,
                    agency_id=device.agency_id,
                    device_id=device.id,
                    size=size,
                    received_ms=now_ms,
                )
            )
    return BlobAnswer(digest=digest, size=size, durable=here.blobs.durable(digest))


def _own_size(here: State, digest: str, device: Device) -> int | None:
    """How many bytes a blob has that the device's agency brought; None if it brought none of this name."""
    with here.store.reading() as db:
        known = db.get(BlobRow, (digest, device.agency_id))
    return here.blobs.size(digest) if known is not None else None


def _require_own(here: State, digest: str, device: Device) -> int:
    """Only what the device's agency brought; everything else is not here, so nobody learns what others have."""
    size = _own_size(here, digest, device)
    if size is None:
        raise NotHere("blobs.absent", "服务器上没有这个文件", "请等待设备上传后再试")
    return size


@router.get("/blobs/{sha256}", response_class=StreamingResponse)
def get_blob(sha256: Digest, device: DeviceOf, here: Here) -> StreamingResponse:
    """The blob as it is stored: encrypted, its key is in a fact's sealed part."""
    size = _require_own(here, sha256, device)
    headers = {"Content-Length": str(size), **_durable(here.blobs.durable, sha256)}
    return StreamingResponse(
        chunks(here.blobs.open(sha256)), media_type="application/octet-stream", headers=headers
    )


@router.head("/blobs/{sha256}")
def head_blob(sha256: Digest, device: LeavingOf, here: Here) -> Response:
    """Whether the server has it, and whether it is durable (header ``X-Durable``)."""
    size = _require_own(here, sha256, device)
    return Response(headers={"Content-Length": str(size), **_durable(here.blobs.durable, sha256)})


def _durable(durable: Callable[[str], bool], digest: str) -> dict[str, str]:
    return {"X-Durable": "yes" if durable(digest) else "no"}
