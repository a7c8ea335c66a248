"""Notes when devices are heard of and how much they say is waiting, without a write for every request."""

import structlog
from sqlalchemy.exc import OperationalError

from core.db.base import table_for
from core.db.bulk import write_rows
from core.db.store import Store
from core.devices.models import DeviceContact

EVERY_MS, NEWS_MS = 60_000, 5_000
"""So often a word that says nothing new is written down, and one that does."""
log = structlog.get_logger()


class Presence:
    """What this process wrote down last of each device; another process writes for itself."""

    def __init__(self) -> None:
        self._noted: dict[str, tuple[int, int]] = {}

    def note(self, store: Store, device_id: str, now_ms: int, waiting: int) -> None:
        """Writes it down, unless that was done just now; nobody's pull fails because this could not be written."""
        before = self._noted.get(device_id)
        if before is not None:
            often = EVERY_MS if before[1] == waiting else NEWS_MS
            if 0 <= now_ms - before[0] < often:
                return
        row = {"device_id": device_id, "seen_ms": now_ms, "waiting": waiting}
        try:
            with store.writing() as db:
                write_rows(db.connection(), table_for(DeviceContact), [row], "update")
        except OperationalError as error:
            log.info("presence_not_noted", kind=type(error.orig).__name__)
            return
        self._noted[device_id] = (now_ms, waiting)
