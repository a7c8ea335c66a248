"""Commands about devices."""

from typing import Literal

from core.command import Command, command


@command("devices.code", title="生成配对码", permission="device.admit")
class MakePairingCode(Command, kw_only=True):
    """A manager admits one device in advance: the code is shown once (D-1)."""

    agency_id: str
    kind: Literal["kiosk", "desktop"]
    code_hash: str


@command("devices.pair", title="配对设备", permission="device.pair")
class PairDevice(Command, kw_only=True):
    """A new device shows the code and its public key (64 hex digits)."""

    code: str
    device_id: str
    name: str
    kind: Literal["kiosk", "desktop"]
    public_key: str
    key_source: str
    still_for_live: bool = False
    fixed_lat: float | None = None
    fixed_lon: float | None = None


@command("devices.revoke", title="停用设备", permission="device.revoke")
class RevokeDevice(Command, kw_only=True):
    """From now on the device gets nothing and its entries go into quarantine (D-1)."""

    agency_id: str
    device_id: str
