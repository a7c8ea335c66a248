"""What the desktop's screens need from sync and server, as protocols; fakes and the real parts fit both.

Calls may take their time and are made through ``core.qt.tasks`` only, but for those marked "at once". Known
trouble comes as ``core.errors.DomainError``; its sentence and hint are shown as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from core.clock import Clock
from core.command import Command
from core.db.store import Store


@dataclass(frozen=True, slots=True)
class Me:
    """Who is logged in; the token stays inside the port that got it."""

    account_id: str
    login: str
    name: str
    person_id: str | None
    agency_id: str
    demo: bool = False
    """Whether the server was made by the demo, so that every screen says so."""
    session: str = field(default="", compare=False)
    """The login's name in this installation's journal; it opens nothing (A-4)."""


@dataclass(frozen=True, slots=True)
class FaceProof:
    """What was seen at a start or an end (S-3): only managers and supervisors may have it (S-10)."""

    photo: bytes | None = None
    score: float | None = None
    threshold: float | None = None
    liveness: str | None = None
    challenge: str | None = None
    engine: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence of one visit."""

    start: FaceProof | None
    end: FaceProof | None


@dataclass(frozen=True, slots=True)
class FeedbackText:
    """What a form and its evaluation say in words (F-2, V-1)."""

    work: str
    problems: tuple[str, ...] = ()
    remarks: str = ""
    photos: tuple[bytes, ...] = ()
    evaluation_remarks: str = ""


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """Who a contact is (C-1)."""

    name: str
    telephone: str
    job: str
    client: str
    address: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A device's last word to the server, and how much it said was still to be uploaded."""

    seen_ms: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Quarantine:
    """What a revoked device has brought and nobody has decided about (D-1)."""

    device_id: str
    entries: int
    days: tuple[str, ...]
    people: dict[str, int]
    """How many entries speak of whom, by name."""
    complete: bool
    """Whether the device has brought all that it had."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a manager decided about entries that a revoked device had brought (D-1)."""

    device_id: str
    at_ms: int
    released: bool
    entries: int
    reason: str | None
    by: str


class Online(Protocol):
    """The server, by the session of who is logged in."""

    def login(self, name: str, password: str) -> Me:
        """Logs in; ``NotAllowed`` or ``Refused`` for a wrong password or a wait, ``Unreachable`` without network."""

    def demo(self) -> bool:
        """Whether the server was made by the demo; needs no login."""

    def logout(self) -> None:
        """Forgets the token, and ends it at the server if that can be reached (A-4)."""

    def run(self, command: Command, command_id: str) -> dict[str, Any]:
        """Runs an online command; the same id twice is the same command."""

    def evidence(self, visit_id: str) -> Evidence:
        """Photo, scores and thresholds of a visit."""

    def feedback(self, feedback_id: str) -> FeedbackText:
        """The text of a form and the remarks of its evaluation."""

    def contacts(self, project_id: str) -> dict[str, ContactDetails]:
        """Who the project's contacts are, by contact id."""

    def heard(self) -> dict[str, Heard]:
        """When the agency's devices were last heard of, by device id; one that never was is missing."""

    def quarantine(self) -> dict[str, Quarantine]:
        """What waits for a decision in the own agency, by device."""

    def decisions(self) -> dict[str, Decision]:
        """The last decision about each of the agency's devices that had one."""

    def invitation_link(self, token: str) -> str:
        """The address that an invitation's QR code leads to (at once)."""


@dataclass(frozen=True, slots=True)
class SyncState:
    """How the exchange with the server stands."""

    online: bool = False
    working: bool = False
    offline_since: datetime | None = None
    last_success: datetime | None = None
    waiting: int = 0
    refused: int = 0
    problem: str = ""
    """What is wrong, other than that there is no network."""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One entry of this installation's journal that waits or was refused, and why."""

    id: str
    title: str
    written: datetime
    status: str
    why: str = ""
    project: str = ""
    """The name of the project that it is about, if this copy knows it."""


class Sync(Protocol):
    """The worker that exchanges with the server."""

    def state(self) -> SyncState:
        """How it stands (at once)."""

    def lines(self) -> Sequence[JournalLine]:
        """What waits and what was refused, the newest first."""

    def now(self) -> None:
        """Exchange now, not at the next turn (at once)."""


class Drafts(Protocol):
    """Changes that are written down here, with or without a network, in the name of who is logged in."""

    def submit(self, command: Command) -> None:
        """Writes a draft down and shows it in the copy; raises what a rule refuses, and nothing is written."""

    def unanswered(self) -> frozenset[str]:
        """Ids of the rows that stand as drafts have them, until the server has answered (待服务器确认)."""


class Pairing(Protocol):
    """Making this installation known to a server, once."""

    def paired(self) -> bool:
        """Whether that has been done (at once)."""

    def server(self) -> str:
        """The server's address as known so far, empty if none (at once)."""

    def demo(self, url: str) -> bool:
        """Whether the demo made the server at this address."""

    def pair(self, url: str, code: str, name: str) -> None:
        """Trades the code for admission; raises what went wrong."""


@dataclass(frozen=True)
class Services:
    """Everything that the screens need from outside; the composition root makes it after the login."""

    store: Store
    clock: Clock
    online: Online
    sync: Sync
    drafts: Drafts
    me: Me
    title: str = field(default="消防技术服务执业管理")
    server: str = ""
    """The address by which this computer reaches its server: what a new device has to be told."""
