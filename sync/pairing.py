"""Pairing: a code once, a key made here, the server's keys pinned; what was agreed stands in one small file."""

import os
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import urlsplit

import msgspec

from core.errors import BadInput, Conflict, NotAllowed, NotHere, Refused
from core.ids import new_id
from core.wire.envelope import Digest, Id
from sync.errors import Damaged
from sync.journal.file import JOURNAL

Kind = Literal["kiosk", "desktop"]
_FILE = "pairing.json"
_TRY = "pairing.try.json"
_ANSWERS = (Refused, NotAllowed, NotHere, BadInput, Conflict)
"""What a server says when it has decided; anything else may have been an admission."""
_ADDRESS_FORM = "请按“https://服务器名”的形式输入"


class PairRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a new device says: the code, and who it is; ``id`` makes asking twice one pairing."""

    id: Id
    code: str
    device_id: Id
    name: str
    kind: Kind
    public_key: str
    key_source: str
    still_for_live: bool = False
    fixed_lat: float | None = None
    fixed_lon: float | None = None


class PairAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The agency that admitted the device, and the server's public keys (hex)."""

    device_id: Id
    agency_id: Id
    sign_public: Digest
    box_public: Digest


class Pairing(msgspec.Struct, frozen=True, kw_only=True):
    """What a paired device knows about its server; not secret, but pinned."""

    address: str
    kind: Kind
    name: str
    device_id: Id
    agency_id: Id
    sign_public: Digest
    box_public: Digest
    still_for_live: bool = False

    @property
    def server_key(self) -> bytes:
        """The Ed25519 key that signs anchors."""
        return bytes.fromhex(self.sign_public)

    @property
    def box_key(self) -> bytes:
        """The X25519 key to which sealed parts are wrapped."""
        return bytes.fromhex(self.box_public)


class PairingDesk(Protocol):
    """Where a device asks to be admitted; ``sync.http`` has the real one."""

    def pair(self, address: str, request: PairRequest) -> PairAnswer:
        """Raises the server's refusal, or ``Unreachable``."""


@dataclass(frozen=True, slots=True)
class Applicant:
    """The device that wants to be paired; its id and key are made before, and stay the same over all tries."""

    kind: Kind
    name: str
    public_key: bytes
    key_source: str
    still_for_live: bool = False
    fixed: tuple[float, float] | None = None


def paired(folder: Path) -> Pairing | None:
    """What this installation is paired with; None if it is not paired yet."""
    file = folder / _FILE
    if not file.exists():
        return None
    try:
        return msgspec.json.decode(file.read_bytes(), type=Pairing)
    except msgspec.DecodeError as error:
        raise Damaged("pairing-damaged", "本机的配对信息文件已损坏。") from error


def pair(folder: Path, desk: PairingDesk, address: str, code: str, applicant: Applicant) -> Pairing:
    """Trades the code for admission and pins the server's keys; the same try again is the same pairing.

    A try whose answer was lost is asked about first: it may have been the admission, and then it costs no other code.
    A device that pairs again stays the device that it was, or is refused.
    """
    code = "".join(code.split()).replace("-", "").upper()
    address = checked_address(address)
    if not code:
        raise BadInput("pairing-code", "请输入配对码", "配对码由公司管理人员提供", rule="D-1")
    attempt = _kept_attempt(folder)
    if attempt is not None and attempt.address == address and attempt.code not in ("", code):
        with suppress(*_ANSWERS):
            return _try(folder, desk, attempt, applicant)
    if attempt is None or (attempt.address, attempt.code) != (address, code):
        attempt = _Attempt(address=address, code=code, id=new_id(), device_id=_device_id(folder, attempt))
        _write(folder / _TRY, attempt)
    return _try(folder, desk, attempt, applicant)


def _try(folder: Path, desk: PairingDesk, attempt: "_Attempt", applicant: Applicant) -> Pairing:
    """One try; it stays open until it is answered, whatever the answer."""
    try:
        answer = desk.pair(attempt.address, _request(attempt, applicant))
        _check_same(folder, answer)
    except _ANSWERS:
        _write(folder / _TRY, msgspec.structs.replace(attempt, code=""))
        raise
    made = Pairing(
        address=attempt.address,
        kind=applicant.kind,
        name=applicant.name,
        device_id=answer.device_id,
        agency_id=answer.agency_id,
        sign_public=answer.sign_public,
        box_public=answer.box_public,
        still_for_live=applicant.still_for_live,
    )
    _write(folder / _FILE, made)
    (folder / _TRY).unlink(missing_ok=True)
    return made


def _request(attempt: "_Attempt", applicant: Applicant) -> PairRequest:
    lat, lon = applicant.fixed or (None, None)
    return PairRequest(
        id=attempt.id,
        code=attempt.code,
        device_id=attempt.device_id,
        name=applicant.name,
        kind=applicant.kind,
        public_key=applicant.public_key.hex(),
        key_source=applicant.key_source,
        still_for_live=applicant.still_for_live,
        fixed_lat=lat,
        fixed_lon=lon,
    )


def _check_same(folder: Path, answer: PairAnswer) -> None:
    """A journal belongs to one device of one server: as another one it could not even be opened."""
    known = paired(folder)
    if known is None or not (folder / JOURNAL).exists():
        return
    if (answer.sign_public, answer.device_id) != (known.sign_public, known.device_id):
        raise Refused(
            "pairing-elsewhere",
            "本机已与另一台服务器或另一家公司配对，配对没有改变",
            "本机记录只属于原来的服务器；确需更换时，请先联网全部上传，再由管理员移走整个数据目录后重新配对",
            rule="D-1",
        )


def checked_address(address: str) -> str:
    """A server's address as it is used: with its scheme, without a slash at the end."""
    address = address.strip()
    scheme, _, host = address.rpartition("://")
    scheme, host = scheme.lower() or "https", host.rstrip("/")
    if scheme not in ("http", "https") or not host or any(mark in host for mark in " \t@?#"):
        raise BadInput("pairing-address", "服务器地址不正确", _ADDRESS_FORM, rule="D-1")
    if scheme == "http" and not _is_this_machine(host):
        raise BadInput(
            "pairing-address-open", "数据须加密传送，服务器地址应以 https:// 开头", _ADDRESS_FORM, rule="D-2"
        )
    return f"{scheme}://{host}"


def _is_this_machine(host: str) -> bool:
    """Whether nothing that is said to this host leaves the machine: the demo's server, or a proxy with TLS here."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


class _Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """A try to pair, kept so that an answer that was lost is found by asking again; without code it was answered."""

    address: str
    code: str
    id: Id
    device_id: Id


def _kept_attempt(folder: Path) -> _Attempt | None:
    file = folder / _TRY
    if not file.exists():
        return None
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Attempt)
    except msgspec.DecodeError as error:
        raise Damaged("pairing-damaged", "本机的配对信息文件已损坏。") from error


def _device_id(folder: Path, attempt: _Attempt | None) -> str:
    """The device keeps its id from try to try, and from pairing to pairing."""
    known = paired(folder)
    if known is not None:
        return known.device_id
    return attempt.device_id if attempt is not None else new_id()


def _write(file: Path, content: msgspec.Struct) -> None:
    """Writes beside and renames, so that there is always one whole file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(file.name + ".new")
    with fresh.open("wb") as out:
        out.write(msgspec.json.encode(content))
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
