"""Admission of devices (D-1): pairing by a code, and sessions by a signed nonce; then the server's signed time."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from core.audit.recorder import head as audit_head
from core.clock import ms_of
from core.context import ANYONE, Actor
from core.devices.commands import PairDevice, RotateKey
from core.devices.models import Device, DeviceContact
from core.errors import Refused
from core.journals import quarantine
from core.wire.push import LeaveAnswer, LeaveRequest, TimeAnswer
from core.wire.sessions import Rotation
from core.wire.signing import sign_anchor
from server import doors, sessions
from server.durable import backed_up_since
from server.identity import LeavingOf
from server.schema import gives, raw_body, read, takes, told
from server.state import Here

router = APIRouter(tags=["devices"])


class PairRequest(BaseModel):
    """The code that a manager gave, and the device's public key; ``id`` makes pressing twice one pairing."""

    model_config = ConfigDict(extra="forbid")
    id: str
    code: str = Field(min_length=1, max_length=40)
    device_id: str
    name: str = Field(min_length=1, max_length=60)
    kind: Literal["kiosk", "desktop"]
    public_key: str
    key_source: str = Field(max_length=20)
    still_for_live: bool = False
    fixed_lat: float | None = None
    fixed_lon: float | None = None


class PairAnswer(BaseModel):
    """The agency that admitted the device, and the server's public keys, which the device pins (hex)."""

    device_id: str
    agency_id: str
    sign_public: str
    box_public: str


class RotateRequest(BaseModel):
    """A device's keys, old and new (hex), and both signatures over the server's nonce."""

    model_config = ConfigDict(extra="forbid")
    id: str
    device_id: str
    nonce: str = Field(max_length=200)
    old_public: str = Field(pattern="^[0-9a-f]{64}$")
    new_public: str = Field(pattern="^[0-9a-f]{64}$")
    signed_by_old: str = Field(max_length=128)
    signed_by_new: str = Field(max_length=128)


class NonceAnswer(BaseModel):
    """Something to sign within two minutes."""

    nonce: str


class SessionRequest(BaseModel):
    """The signed nonce; ``waiting`` says how many entries are not pushed yet."""

    model_config = ConfigDict(extra="forbid")
    device_id: str
    nonce: str
    signature: str
    waiting: int = Field(default=0, ge=0, lt=2**31)


class SessionAnswer(BaseModel):
    """A bearer token for this device and until when it holds."""

    token: str
    until_ms: int


@router.post("/devices/pair")
def pair(asked: PairRequest, request: Request, here: Here) -> PairAnswer:
    """Admits the device to the code's agency; wrong codes are counted, so that codes can't be guessed."""
    command = PairDevice(**asked.model_dump(exclude={"id"}))
    address, now_ms = request.client.host if request.client else "", ms_of(here.store.clock.now())
    if here.pairing.waits(address, now_ms):
        raise Refused("devices.wait", "配对码输入错误次数过多", "请 15 分钟后再试", rule="D-1")
    try:
        outcome = doors.run(here, command, actor=ANYONE, command_id=asked.id)
    except Refused as refusal:
        if refusal.code == "devices.code_wrong":
            here.pairing.failed(address, now_ms)
        raise
    return PairAnswer(
        device_id=outcome.answer["device_id"],
        agency_id=outcome.answer["agency_id"],
        sign_public=here.keys.sign_public.hex(),
        box_public=here.keys.box_public.hex(),
    )


@router.post("/devices/nonce")
def nonce(here: Here) -> NonceAnswer:
    """What a device has to sign: "zhiye-session-1" and a zero byte, the server's 32 key bytes, device id, nonce."""
    with here.store.reading() as db:
        return NonceAnswer(nonce=sessions.new_nonce(here.keys, here.store.now_ms(db)))


@router.post("/devices/session", responses={403: {}})
def open_session(asked: SessionRequest, here: Here) -> SessionAnswer:
    """Opens a session for the device that signed the nonce, and notes when it was last heard of."""
    with here.store.reading() as db:
        now_ms, row = here.store.now_ms(db), db.get(Device, asked.device_id)
    opened = sessions.open_session(here.keys, now_ms, row, asked.nonce, asked.signature)
    with here.store.writing() as db:
        db.merge(DeviceContact(device_id=asked.device_id, seen_ms=now_ms, waiting=asked.waiting))
    return SessionAnswer(token=opened.token, until_ms=opened.until_ms)


@router.post("/devices/rotate", status_code=204, responses={403: {}})
def rotate(asked: RotateRequest, here: Here) -> None:
    """A new key in the place of the old one, signed by both; the same again changes nothing."""
    command = RotateKey(**asked.model_dump(exclude={"id"}))
    change = Rotation(
        asked.device_id, bytes.fromhex(asked.old_public), bytes.fromhex(asked.new_public), asked.nonce
    )
    with here.store.reading() as db:
        now_ms, row = here.store.now_ms(db), db.get(Device, asked.device_id)
    sessions.require_rotation(here.keys, now_ms, row, change, (asked.signed_by_old, asked.signed_by_new))
    doors.run(
        here, command, actor=Actor("device", asked.device_id), command_id=asked.id, device_id=asked.device_id
    )


@router.get("/time", responses=gives(TimeAnswer))
def server_time(
    device: LeavingOf, here: Here, nonce: Annotated[str, Query(pattern="^[A-Za-z0-9_-]{16,128}$")]
) -> Response:
    """The server's time, signed over the device's nonce and the head of the audit log (S-11, U-1)."""
    with here.store.reading() as db:
        now_ms, head = here.store.now_ms(db), audit_head(db)[1]
    signature = sign_anchor(here.keys.signing, nonce, now_ms, head)
    return told(TimeAnswer(nonce=nonce, server_ms=now_ms, audit_head=head, signature=signature))


@router.post("/devices/leave", openapi_extra=takes(LeaveRequest), responses=gives(LeaveAnswer))
def leave(device: LeavingOf, here: Here, body: Annotated[bytes, Depends(raw_body)]) -> Response:
    """Whether a revoked device may wipe its journal: every entry is here, and in two generations of backup (D-1)."""
    asked = read(body, LeaveRequest)
    with here.store.writing() as db:
        since = quarantine.has_left(db, here.store.now_ms(db), device, asked.journal, asked.head)
    complete = since is not None and backed_up_since(here.settings.backup_folder, since)
    return told(LeaveAnswer(complete=complete))
