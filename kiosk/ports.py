"""What the kiosk's screens need from the rest of the product, as protocols over the data of ``kiosk.shown``.

Screens know nothing of databases, journals or face models. Calls marked "lane" may take their time: they
are made through ``core.qt.tasks`` only. Calls marked "at once" return what is in memory. Known trouble comes
as ``core.errors.DomainError``; its sentence and hint are shown as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from core.clock import Clock
from kiosk.shown import (
    Accepted,
    Draft,
    Form,
    Light,
    Paired,
    Photo,
    Progress,
    ProjectCard,
    Receipt,
    Refused,
    Request,
    Review,
    ServiceLine,
    Sync,
    Trouble,
    VisitRow,
)


class Projects(Protocol):
    """The projects that this kiosk may show."""

    def nearest(self) -> Sequence[ProjectCard]:
        """All of them, the nearest first, those without a distance last (lane)."""


class Frame(Protocol):
    """One picture of the camera; ``core.camera`` has the real one."""

    @property
    def image(self) -> Any:
        """Height x width x 3, BGR."""

    @property
    def t(self) -> float:
        """When it was taken, in seconds of the monotonic clock."""

    @property
    def index(self) -> int:
        """Grows with every frame."""


class Camera(Protocol):
    """The one camera; opening and closing twice does no harm."""

    def open(self) -> None:
        """Begin to take pictures; ``Unreachable`` when there is no camera (lane)."""

    def newest(self) -> Frame | None:
        """The newest frame since ``open``, if there is one (at once)."""

    def close(self) -> None:
        """Let go of the camera (lane)."""


class CheckIn(Protocol):
    """One person in front of the camera."""

    def feed(self, frame: Frame) -> Progress | Accepted | Refused:
        """Judge one frame; ``Accepted`` is answered only when the fact is durable (lane)."""

    def cancel(self) -> None:
        """The person went away or pressed 取消; what was seen is forgotten (lane)."""


class CheckIns(Protocol):
    """Where check-ins come from."""

    def begin(self, request: Request) -> CheckIn:
        """Make ready for one person; raises what forbids it before anybody looks (lane)."""


class Forms(Protocol):
    """The day's feedback forms (F-1 to F-4)."""

    def open(self, pass_id: str) -> Form:
        """The form of whom the pass names, or ``Refused`` with the reason (lane)."""

    def keep(self, form_id: str, draft: Draft) -> None:
        """Keep what is typed, durably (lane)."""

    def add_photo(self, form_id: str, image: Any) -> Photo:
        """Encode and keep one frame's BGR picture (lane)."""

    def review(self, form_id: str, draft: Draft) -> Review:
        """What the rules say (lane)."""

    def submit(self, form_id: str, draft: Draft) -> Receipt:
        """Write the form down; raises what forbids it, with the draft kept (lane)."""


class Visits(Protocol):
    """Who was where (S-10)."""

    def mine(self, pass_id: str) -> Sequence[VisitRow]:
        """The visits of whom the pass names, newest first (lane)."""

    def of_project(self, pass_id: str) -> Sequence[VisitRow]:
        """The visits of the pass's project, newest first (lane)."""


class Status(Protocol):
    """How the kiosk is; asked every second."""

    def sync(self) -> Sync:
        """What waits (at once)."""

    def clock(self) -> Light:
        """Whether the kiosk's time is proven (at once)."""

    def position(self) -> Light:
        """Whether there is a position, how old and how exact (at once)."""

    def look(self) -> None:
        """Look at what takes a moment, such as the disk; every few seconds (lane)."""

    def trouble(self) -> Trouble | None:
        """The worst thing that is wrong now, if anything is (at once)."""


class Pairing(Protocol):
    """Making this kiosk known to a server."""

    def paired(self) -> bool:
        """Whether that has been done (at once)."""

    def ready(self) -> None:
        """Raises what forbids pairing anew now (lane)."""

    def pair(self, url: str, code: str) -> Paired:
        """Trade the code for admission; raises what went wrong (lane)."""


class Service(Protocol):
    """What a technician may look at and do."""

    def unlock(self, pin: str) -> None:
        """Raises when the PIN is wrong or tried too often (lane)."""

    def report(self) -> Sequence[ServiceLine]:
        """Camera, position, server, storage, log (lane)."""

    def sync_now(self) -> None:
        """Try the server now (lane)."""


@dataclass(frozen=True)
class Ports:
    """Everything that the screens need; the composition root makes it."""

    projects: Projects
    camera: Camera
    check_ins: CheckIns
    forms: Forms
    visits: Visits
    status: Status
    pairing: Pairing
    service: Service
    clock: Clock
