"""What can happen to the kiosk: fingers, the camera's check, answers from the lanes, and time."""

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.shown import Accepted, Action, OnSite, Paired, Progress, ProjectCard, Receipt, Refused, Trouble


@dataclass(frozen=True)
class Tick:
    """A second has gone by."""


@dataclass(frozen=True)
class Touched:
    """Somebody touched or typed something; he is still there."""


@dataclass(frozen=True)
class WentBack:
    """返回 or 取消: one step towards the start."""


@dataclass(frozen=True)
class TouchedProject:
    """A project's card was touched."""

    project: ProjectCard


@dataclass(frozen=True)
class ProjectsChanged:
    """The projects were read anew."""

    projects: Sequence[ProjectCard]


@dataclass(frozen=True)
class Wanted:
    """One of the explicit actions was pressed (S-15)."""

    action: Action


@dataclass(frozen=True)
class AnsweredClaim:
    """The answer to S-6."""

    claims: bool


@dataclass(frozen=True)
class Progressed:
    """The look goes on."""

    number: int
    progress: Progress


@dataclass(frozen=True)
class Succeeded:
    """The look ended well; a fact is shown even if 取消 was pressed meanwhile."""

    number: int
    project: ProjectCard
    action: Action
    accepted: Accepted


@dataclass(frozen=True)
class Failed:
    """The look ended badly."""

    number: int
    refused: Refused


@dataclass(frozen=True)
class Retried:
    """重试."""


@dataclass(frozen=True)
class OpenedForm:
    """填写反馈单, from the result."""


@dataclass(frozen=True)
class AskedPhoto:
    """A photo of a problem is wanted."""

    problem: int


@dataclass(frozen=True)
class TookPhoto:
    """The photo is kept."""


@dataclass(frozen=True)
class Reviewed:
    """The rules have nothing against the form; these people's visits would be closed."""

    closing: tuple[OnSite, ...] = ()


@dataclass(frozen=True)
class Confirmed:
    """确认提交."""


@dataclass(frozen=True)
class SubmitDone:
    """The form is written down."""

    receipt: Receipt


@dataclass(frozen=True)
class SubmitFailed:
    """The form is not written down; the draft is kept."""


@dataclass(frozen=True)
class ChoseRecords:
    """我的执业, or the project's."""

    of_project: bool


@dataclass(frozen=True)
class OpenedService:
    """The service menu was asked for."""


@dataclass(frozen=True)
class Unlocked:
    """The PIN was right."""


@dataclass(frozen=True)
class AskedPairing:
    """Pair anew, from the service menu."""


@dataclass(frozen=True)
class PairingDone:
    """The kiosk belongs to an agency."""

    paired: Paired


@dataclass(frozen=True)
class TroubleChanged:
    """What is wrong now, or nothing any more."""

    trouble: Trouble | None


Event = (
    Tick
    | Touched
    | WentBack
    | TouchedProject
    | ProjectsChanged
    | Wanted
    | AnsweredClaim
    | Progressed
    | Succeeded
    | Failed
    | Retried
    | OpenedForm
    | AskedPhoto
    | TookPhoto
    | Reviewed
    | Confirmed
    | SubmitDone
    | SubmitFailed
    | ChoseRecords
    | OpenedService
    | Unlocked
    | AskedPairing
    | PairingDone
    | TroubleChanged
)

MACHINE = (Tick, Progressed, Succeeded, Failed, ProjectsChanged, TroubleChanged, SubmitDone, SubmitFailed)
"""Events that no person makes, and that therefore say nothing about anybody being there."""
