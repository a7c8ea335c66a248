"""Commands about devices."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from core.command import Command, command
from core.fields import Digest, Key, Latitude, Longitude, Name

PublicKey = Annotated[str, Meta(pattern="^[0-9a-fA-F]{64}\\Z")]


@command("devices.code", title="生成配对码", permission="device.admit")
class MakePairingCode(Command, kw_only=True):
    """A manager admits one device in advance: the code is shown once (D-1)."""

    agency_id: Key
    kind: Literal["kiosk", "desktop"]
    code_hash: Digest


@command("devices.pair", title="配对设备", permission="device.pair")
class PairDevice(Command, kw_only=True):
    """A new device shows the code and its public key (64 hex digits)."""

    secrets: ClassVar = frozenset({"code"})

    code: str
    device_id: Key
    name: Name
    kind: Literal["kiosk", "desktop"]
    public_key: PublicKey
    key_source: Annotated[str, Meta(max_length=20)]
    still_for_live: bool = False
    fixed_lat: Latitude | None = None
    fixed_lon: Longitude | None = None


@command("devices.rotate", title="更换设备密钥", permission="device.rotate")
class RotateKey(Command, kw_only=True):
    """A new key takes the place of the old one; both have signed it, which is checked before."""

    device_id: Key
    old_public: PublicKey
    new_public: PublicKey
    nonce: Annotated[str, Meta(max_length=200)]
    signed_by_old: Annotated[str, Meta(max_length=128)]
    signed_by_new: Annotated[str, Meta(max_length=128)]


@command("devices.revoke", title="停用设备", permission="device.revoke")
class RevokeDevice(Command, kw_only=True):
    """From now on the device gets nothing and its entries go into quarantine (D-1)."""

    agency_id: Key
    device_id: Key
