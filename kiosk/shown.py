"""What the kiosk's screens show and collect, as frozen data without behaviour."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple


class Action(StrEnum):
    """Why somebody looks into the camera."""

    START = "start"
    END = "end"
    FORM = "form"
    RECORDS = "records"


ACTION_TITLES = {
    Action.START: "开始执业",
    Action.END: "结束执业",
    Action.FORM: "填写反馈单",
    Action.RECORDS: "查看执业历史",
}


class Tone(StrEnum):
    """How a piece of news is meant; the words always say it too."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


class Box(NamedTuple):
    """Where a face is, as fractions of the frame, whatever size the frame has."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class OnSite:
    """Somebody who is on site now."""

    person_id: str
    name: str
    since: datetime


@dataclass(frozen=True)
class ProjectCard:
    """A project as the start screen shows it, with why nobody may start there, if so."""

    id: str
    name: str
    address: str
    kind: str = ""
    distance_m: int | None = None
    on_site: tuple[OnSite, ...] = ()
    may_start: bool = True
    reason: str = ""
    claimed_by: str | None = None
    """The name of who fills the day's form (S-6); nobody else is asked then."""


@dataclass(frozen=True)
class Request:
    """What somebody came to do; ``claims`` answers S-6 and matters for a start only."""

    project_id: str
    action: Action
    claims: bool = False


@dataclass(frozen=True)
class Progress:
    """The check goes on: one instruction, where the face is, how much is done."""

    instruction: str
    box: Box | None = None
    fraction: float = 0.0
    ready: bool = False
    """Whether the face is as it should be, or still has to follow the instruction."""
    tried: bool = False
    """Whether a face was compared with the people's: what ends the look from now on is a failed attempt (S-3)."""


@dataclass(frozen=True)
class Accepted:
    """The person was recognised and what he came for is written down."""

    pass_id: str
    """Names this recognition to Forms and Visits, for this person and project, for a while."""
    person_id: str
    name: str
    portrait: bytes = b""
    at: datetime | None = None
    """When the visit started or ended."""
    counted: str = ""
    """For an end: how much counts, or why nothing does, in words."""
    counted_tone: Tone = Tone.GOOD
    form_due: bool = False
    """Whether this person now fills the day's form."""
    form_kept: bool = False
    """Whether a half-filled form of his is waiting."""
    note: str = ""


@dataclass(frozen=True)
class Refused:
    """Nothing was started or ended: why, what to do, and what was kept all the same."""

    code: str
    sentence: str
    hint: str
    kept: str = ""
    face_failed: bool = False
    """Whether it counts towards the pause after three failures (S-3)."""
    may_retry: bool = True


class ItemOutcome(StrEnum):
    """What became of a period's item (F-2)."""

    DONE = "done"
    NOT_DONE = "not_done"
    ABNORMAL = "abnormal"


@dataclass(frozen=True)
class FormItem:
    """One item of the period's plan; inspections and assessments have none."""

    id: str
    system: str
    title: str


@dataclass(frozen=True)
class ItemEntry:
    """What was entered for one item."""

    item_id: str
    outcome: ItemOutcome | None = None
    note: str = ""


@dataclass(frozen=True)
class Photo:
    """A photo that is kept already, by its id, with the picture to show."""

    id: str
    jpeg: bytes


@dataclass(frozen=True)
class Problem:
    """A problem that was found."""

    text: str = ""
    photos: tuple[Photo, ...] = ()


@dataclass(frozen=True)
class Presence:
    """One person's visit of the day: times, what counts, why zero."""

    person_id: str
    name: str
    started_at: datetime
    ended_at: datetime | None = None
    counted: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Draft:
    """What is typed so far."""

    work: str = ""
    items: tuple[ItemEntry, ...] = ()
    problems: tuple[Problem, ...] = ()
    remarks: str = ""
    complete: bool | None = None


@dataclass(frozen=True)
class Form:
    """A project's form of one day in the hands of one person, with what he had typed before."""

    id: str
    project_name: str
    person_name: str
    day: date
    complete_question: str = "现场工作是否已全部完成？"
    period: str = ""
    items: tuple[FormItem, ...] = ()
    people: tuple[Presence, ...] = ()
    phrases: tuple[str, ...] = ()
    """Sentences that often fit the work, to touch instead of typing."""
    problem_phrases: tuple[str, ...] = ()
    """The same for a problem."""
    draft: Draft = field(default_factory=Draft)


@dataclass(frozen=True)
class Review:
    """What the rules say before a form is sent: what is missing, and whose visits it would close (S-9)."""

    faults: tuple[str, ...] = ()
    closing: tuple[OnSite, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """A form that is written down for good."""

    form_id: str
    sentence: str
    at: datetime


@dataclass(frozen=True)
class VisitRow:
    """One visit in a list, with the verdict in words (S-18)."""

    id: str
    project_name: str
    person_name: str
    started_at: datetime
    ended_at: datetime | None
    verdict: str
    tone: Tone = Tone.PLAIN
    counted: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Light:
    """One thing's state in a few words."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class Trouble:
    """What is wrong with the kiosk, what to do, and what still works."""

    code: str
    sentence: str
    hint: str
    still: str = ""
    stops_all: bool = False


@dataclass(frozen=True)
class Sync:
    """How far the work of this kiosk has come to the office."""

    waiting: int = 0
    refused: int = 0
    offline_since: datetime | None = None
    failing: bool = False
    """The server answers, but syncing does not come to its end; ``Status.trouble`` says why."""
    contacted: bool = True
    """Whether a round has come to its end since the program was started."""
    paired: bool = True


@dataclass(frozen=True)
class Paired:
    """The kiosk now belongs to an agency."""

    device: str


@dataclass(frozen=True)
class ServiceLine:
    """One line of the service menu."""

    section: str
    name: str
    value: str
    tone: Tone = Tone.PLAIN
