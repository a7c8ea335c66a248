"""What every screen is handed: the services, the lanes, the message bar, and the way to another screen."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from core.clock import Clock
from core.command import Command
from core.db.store import Store
from core.qt.messages import MessageBar
from core.qt.tasks import Task, Tasks
from desktop.ports import Drafts, Me, Online, Services, Sync

Result = TypeVar("Result")


@dataclass(frozen=True)
class Desk:
    """The screens' side of the desktop."""

    services: Services
    tasks: Tasks
    messages: MessageBar
    go: Callable[[str, str | None], None]
    rows_arrived: Callable[[], None]
    """To be called when rows of the local copy have changed."""
    _sent: list[Task[Any]] = field(default_factory=list)

    def send(self, work: Callable[[], Result]) -> Task[Result]:
        """Have the server do something: who closes the window before it has answered is told so."""
        task = self.tasks.run(work, "online")
        self._sent[:] = [*self.unanswered(), task]
        return task

    def write(self, command: Command) -> Task[None]:
        """Write a draft down; whoever closes the window waits for the disk, and never for the server."""
        return self.tasks.run(lambda: self.drafts.submit(command), "write")

    def unanswered(self) -> list[Task[Any]]:
        """What was sent and has no outcome yet."""
        return [task for task in self._sent if not task.settled]

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
    def drafts(self) -> Drafts:
        """What is written down here first."""
        return self.services.drafts

    @property
    def me(self) -> Me:
        """Who is logged in."""
        return self.services.me
