"""What every screen is handed: the services, the lanes, the message bar, and the way to another screen."""

from collections.abc import Callable
from dataclasses import dataclass

from core.clock import Clock
from core.db.store import Store
from core.qt.messages import MessageBar
from core.qt.tasks import Tasks
from desktop.ports import Me, Online, Services, Sync


@dataclass(frozen=True)
class Desk:
    """The screens' side of the desktop."""

    services: Services
    tasks: Tasks
    messages: MessageBar
    go: Callable[[str, str | None], None]

    @property
    def store(self) -> Store:
        """The local copy of the server's rows."""
        return self.services.store

    @property
    def clock(self) -> Clock:
        """The time."""
        return self.services.clock

    @property
    def online(self) -> Online:
        """The server."""
        return self.services.online

    @property
    def sync(self) -> Sync:
        """The exchange with the server."""
        return self.services.sync

    @property
    def me(self) -> Me:
        """Who is logged in."""
        return self.services.me
