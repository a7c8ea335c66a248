"""Device sessions: a nonce, then a short-lived token, both proven by the server's own key, so no table is needed."""

import hmac
import secrets
from typing import NamedTuple

from core.devices.models import Device
from core.errors import NotAllowed
from core.wire.sessions import Rotation, rotation_is_signed, session_is_signed
from server.keys import ServerKeys

PREFIX = "zd1."
NONCE_MS = 2 * 60_000
SESSION_MS = 60 * 60_000


class DeviceSession(NamedTuple):
    """A token and how long it holds; revoking the device ends it at once, because each use looks the device up."""

    token: str
    until_ms: int


def new_nonce(keys: ServerKeys, now_ms: int) -> str:
    """Something that only this server says, and only now."""
    begun = f"{now_ms}.{secrets.token_hex(16)}"
    return f"{begun}.{keys.mac('device-nonce', begun)}"


def open_session(
    keys: ServerKeys, now_ms: int, device: Device | None, nonce: str, signature: str
) -> DeviceSession:
    """A session for the device that signed a fresh nonce; the refusal never tells whether the device exists."""
    fresh = _nonce_is_fresh(keys, now_ms, nonce)
    public = bytes.fromhex(device.public_key) if device else bytes(32)
    device_id = device.id if device else ""
    signed = session_is_signed(public, keys.sign_public, device_id, nonce, signature)
    if device is None or not (fresh and signed):
        raise _not_proven()
    until_ms = now_ms + SESSION_MS
    begun = f"{device.id}.{until_ms}"
    return DeviceSession(f"{PREFIX}{begun}.{keys.mac('device-session', begun)}", until_ms)


def require_rotation(
    keys: ServerKeys, now_ms: int, device: Device | None, change: Rotation, signatures: tuple[str, str]
) -> None:
    """Raises unless the device's own key and the new one have signed a fresh nonce; never tells which devices exist."""
    fresh = _nonce_is_fresh(keys, now_ms, change.nonce)
    signed = rotation_is_signed(keys.sign_public, change, *signatures)
    known = device is not None and device.public_key in (change.old.hex(), change.new.hex())
    if not (fresh and signed and known):
        raise _not_proven()


def _not_proven() -> NotAllowed:
    return NotAllowed(
        "devices.session", "设备身份验证未通过", "请稍后重试；仍不行请重新配对本设备", rule="D-1"
    )


def device_of(keys: ServerKeys, now_ms: int, token: str) -> str:
    """The device that a token was given to; raises ``NotAllowed`` when it is over or was never given."""
    device_id, until_ms = given(keys, token)
    if until_ms <= now_ms:
        raise _over()
    return device_id


def given(keys: ServerKeys, token: str) -> tuple[str, int]:
    """Whom this server gave a token, and until when; raises ``NotAllowed`` for any other text."""
    begun, _, mac = token.removeprefix(PREFIX).rpartition(".")
    if not hmac.compare_digest(mac.encode(), keys.mac("device-session", begun).encode()):
        raise _over()
    device_id, _, until = begun.partition(".")
    return device_id, int(until)


def _over() -> NotAllowed:
    return NotAllowed("devices.session_over", "设备登录已过期", "设备会自动重新登录", rule="D-1")


def _nonce_is_fresh(keys: ServerKeys, now_ms: int, nonce: str) -> bool:
    begun, _, mac = nonce.rpartition(".")
    if not hmac.compare_digest(mac.encode(), keys.mac("device-nonce", begun).encode()):
        return False
    return 0 <= now_ms - int(begun.partition(".")[0]) <= NONCE_MS
