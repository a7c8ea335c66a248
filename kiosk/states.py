"""The states that the kiosk can be in; each is one screen and carries what that screen shows."""

from dataclasses import dataclass

from kiosk.shown import Accepted, Action, OnSite, Progress, ProjectCard, Receipt, Refused, Trouble


@dataclass(frozen=True)
class Pairing:
    """The kiosk asks for its server and its pairing code."""

    first: bool = True
    """Without a pairing there is nothing to go back to."""


@dataclass(frozen=True)
class Idle:
    """The start: projects, nobody at work."""


@dataclass(frozen=True)
class Choosing:
    """A project is chosen; what is to be done there?"""

    project: ProjectCard


@dataclass(frozen=True)
class Claiming:
    """是否由您填写今天的执业反馈单？ (S-6)"""

    project: ProjectCard


@dataclass(frozen=True)
class Looking:
    """Somebody looks into the camera; ``number`` tells this look from every other."""

    project: ProjectCard
    action: Action
    claims: bool
    number: int
    progress: Progress | None = None


@dataclass(frozen=True)
class Welcomed:
    """It is written down."""

    project: ProjectCard
    action: Action
    accepted: Accepted


@dataclass(frozen=True)
class TurnedAway:
    """Nothing was written but the attempt: why, and what to do."""

    project: ProjectCard
    action: Action
    claims: bool
    refused: Refused


@dataclass(frozen=True)
class Paused:
    """Three failures: nobody is looked at until ``until`` (S-3)."""

    until: float
    refused: Refused | None = None


@dataclass(frozen=True)
class Filling:
    """The day's form in the hands of one person; what he types is kept at every step."""

    project: ProjectCard
    accepted: Accepted


@dataclass(frozen=True)
class Photographing:
    """A photo of a problem; ``problem`` is its place in the form."""

    filling: Filling
    problem: int


@dataclass(frozen=True)
class Confirming:
    """Last look before sending: whose visits are closed by it (S-9)."""

    filling: Filling
    closing: tuple[OnSite, ...] = ()


@dataclass(frozen=True)
class Submitting:
    """The form is being written down."""

    filling: Filling


@dataclass(frozen=True)
class Submitted:
    """The form is written down."""

    filling: Filling
    receipt: Receipt


@dataclass(frozen=True)
class Records:
    """The visits of the person, or of the project (S-10)."""

    project: ProjectCard
    accepted: Accepted
    of_project: bool = False


@dataclass(frozen=True)
class Pin:
    """The service menu asks for its PIN."""


@dataclass(frozen=True)
class Service:
    """The service menu."""


@dataclass(frozen=True)
class Troubled:
    """The kiosk can't do its work: why, what to do, what still works."""

    trouble: Trouble


State = (
    Pairing
    | Idle
    | Choosing
    | Claiming
    | Looking
    | Welcomed
    | TurnedAway
    | Paused
    | Filling
    | Photographing
    | Confirming
    | Submitting
    | Submitted
    | Records
    | Pin
    | Service
    | Troubled
)
