"""Pairing: a code once, a key made here, the server's keys pinned; what was agreed stands in one small file."""

import os
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import urlsplit

import msgspec

from core.errors import BadInput
from core.ids import new_id
from core.wire.envelope import Digest, Id
from sync.errors import Damaged

Kind = Literal["kiosk", "desktop"]
_FILE = "pairing.json"
_TRY = "pairing.try.json"
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
    """Trades the code for admission and pins the server's keys; the same try again is the same pairing."""
    code = "".join(code.split()).replace("-", "").upper()
    address = checked_address(address)
    if not code:
        raise BadInput("pairing-code", "请输入配对码", "配对码由公司管理人员提供", rule="D-1")
    attempt = _attempt(folder, address, code)
    lat, lon = applicant.fixed or (None, None)
    request = PairRequest(
        id=attempt.id,
        code=code,
        device_id=attempt.device_id,
        name=applicant.name,
        kind=applicant.kind,
        public_key=applicant.public_key.hex(),
        key_source=applicant.key_source,
        still_for_live=applicant.still_for_live,
        fixed_lat=lat,
        fixed_lon=lon,
    )
    answer = desk.pair(address, request)
    made = Pairing(
        address=address,
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
    """A try to pair, kept so that an answer that was lost is found by asking again."""

    address: str
    code: str
    id: Id
    device_id: Id


def _attempt(folder: Path, address: str, code: str) -> _Attempt:
    """The kept try with this code at this server, else a new one; the device keeps its id from try to try."""
    file = folder / _TRY
    known = None
    if file.exists():
        try:
            known = msgspec.json.decode(file.read_bytes(), type=_Attempt)
        except msgspec.DecodeError as error:
            raise Damaged("pairing-damaged", "本机的配对信息文件已损坏。") from error
    if known is not None and (known.address, known.code) == (address, code):
        return known
    device_id = known.device_id if known is not None else new_id()
    made = _Attempt(address=address, code=code, id=new_id(), device_id=device_id)
    _write(file, made)
    return made


def _write(file: Path, content: msgspec.Struct) -> None:
    """Writes beside and renames, so that there is always one whole file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(file.name + ".new")
    with fresh.open("wb") as out:
        out.write(msgspec.json.encode(content))
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
