"""Commands about what a revoked device has left in quarantine."""

from typing import Annotated

from msgspec import Meta

from core.command import Command, command
from core.fields import Key

Seen = Annotated[int, Meta(ge=0, le=2**31 - 1)]
"""How many entries the manager was shown: he decides about these, and not about what comes after them."""


@command("devices.release", title="放行隔离记录", permission="device.quarantine")
class ReleaseQuarantine(Command, kw_only=True):
    """A manager takes what is in quarantine for the device's word: it is judged as if it were pushed now (D-1)."""

    agency_id: Key
    device_id: Key
    entries: Seen


@command("devices.refuse", title="拒收隔离记录", permission="device.quarantine")
class RefuseQuarantine(Command, kw_only=True):
    """A manager does not: it is kept without effect, with the reason (D-1)."""

    agency_id: Key
    device_id: Key
    entries: Seen
    reason: Annotated[str, Meta(max_length=500)]
