"""How the device stands towards its server: one immutable snapshot at a time, for whoever shows it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from core.errors import DomainError, Unreachable
from core.wire.timeline import Proof


@dataclass(frozen=True, slots=True)
class Status:
    """What a screen may show: what waits, what was refused, since when nothing was heard, how sure the time is."""

    waiting: int = 0
    """Facts that the server has not answered for."""
    refused: int = 0
    """Entries that the server kept, but that have no effect."""
    blobs: int = 0
    """Photos that the server has not made durable yet."""
    unsent: int = 0
    """Those of them that the server has not got at all."""
    sending: bool = False
    sent: int = 0
    to_send: int = 0
    pulled: int = 0
    """Scopes pulled in this round, of ``to_pull``."""
    to_pull: int = 0
    last_contact_ms: int | None = None
    """Wall time of the last complete round."""
    offline_since_ms: int | None = None
    trouble: DomainError | None = None
    """What went wrong in the last round, or with a photo, with its sentence and hint; None when all went well."""
    proof: Proof = "unproven"
    revoked: bool = False
    """The server has ended this device's admission (D-1); ``trouble`` says it, too."""
    left: bool = False
    """The server has everything of this revoked device: its files go, nothing is written any more (D-1)."""
    stopped: bool = False
    """The sync thread has ended though nobody asked it to: a bug, the program should be restarted."""


Standing = Literal["never", "synced", "sending", "offline", "trouble"]
"""The one word for a light: ``never`` is before the first contact of this program."""


def standing(now: Status) -> Standing:
    """What is the matter, the worst first: only a device whose last round was complete is ``synced``."""
    offline = now.offline_since_ms is not None
    if now.stopped or not (now.trouble is None or (offline and isinstance(now.trouble, Unreachable))):
        return "trouble"
    if offline:
        return "offline"
    if now.last_contact_ms is None:
        return "never"
    return "sending" if now.sending or now.waiting else "synced"


Listener = Callable[[Status], None]


class StatusBoard:
    """Holds the newest snapshot; listeners are called on the thread that changes it."""

    def __init__(self) -> None:
        self._now = Status()
        self._listeners: list[Listener] = []
        self._one_at_a_time = threading.RLock()

    @property
    def now(self) -> Status:
        """The newest snapshot."""
        return self._now

    def listen(self, listener: Listener) -> None:
        """Calls ``listener`` with every new snapshot."""
        self._listeners.append(listener)

    def change(self, **fields: Any) -> None:
        """Makes a new snapshot with these fields changed, and tells it if it is another one."""
        with self._one_at_a_time:  # the worker and a screen's lane both do
            changed = replace(self._now, **fields)
            if changed != self._now:
                self._now = changed
                for listener in self._listeners:
                    listener(changed)
