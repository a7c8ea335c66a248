"""Notes when devices are heard of and how much they say is waiting, without a write for every request."""

from core.db.store import Store
from core.devices.models import DeviceContact

EVERY_MS = 60_000
"""A word that says nothing new is written down so often."""


class Presence:
    """What this process wrote down last of each device; another process writes for itself."""

    def __init__(self) -> None:
        self._noted: dict[str, tuple[int, int]] = {}

    def note(self, store: Store, device_id: str, now_ms: int, waiting: int) -> None:
        """Writes it down, unless just this was written within the last minute."""
        before = self._noted.get(device_id)
        if before is not None and before[1] == waiting and 0 <= now_ms - before[0] < EVERY_MS:
            return
        with store.writing() as db:
            db.merge(DeviceContact(device_id=device_id, seen_ms=now_ms, waiting=waiting))
        self._noted[device_id] = (now_ms, waiting)
