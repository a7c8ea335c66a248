"""Facts about visits: what a kiosk writes down, and the form that an office writes for it."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from core.command import Command, command
from core.fields import Digest, Key

Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}\\Z")]
"""A calendar day in Asia/Shanghai, as ISO text."""


class FixEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A position with its system, accuracy, age and source (S-15); null is not zero."""

    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]
    system: Literal["WGS-84"] = "WGS-84"
    accuracy_m: Annotated[float, Meta(ge=0)] | None = None
    age_ms: Annotated[int, Meta(ge=0, le=2**53 - 1)]
    source: Literal["gps", "wifi", "fixed", "replay", "network"]
    flags: Annotated[list[Literal["mock", "jump"]], Meta(max_length=2)] = []


class FaceEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That the face matched and was alive, by which engine; scores and photo key stand in the sealed part (S-3)."""

    engine: Annotated[str, Meta(max_length=80)]
    liveness: Literal["challenge", "demo-still"]
    portrait_id: Key
    photo: Digest | None = None


@command("visits.start", title="开始执业", permission="visit.attend", offline="fact")
class VisitStarted(Command, kw_only=True):
    """A person stands on a project's site and begins (S-1 to S-6)."""

    project_id: Key
    person_id: Key
    claims: bool
    face: FaceEntry
    fix: FixEntry | None


@command("visits.end", title="结束执业", permission="visit.attend", offline="fact")
class VisitEnded(Command, kw_only=True):
    """The person ends his visit; accepted anywhere (S-7)."""

    project_id: Key
    person_id: Key
    start_id: Key | None = None
    face: FaceEntry
    fix: FixEntry | None


@command("feedback.submit", title="提交执业反馈单", permission="visit.attend", offline="fact")
class FormSubmitted(Command, kw_only=True):
    """The day's feedback form; its text stands in the sealed part (F-1, F-2)."""

    project_id: Key
    person_id: Key
    day: Day
    end_id: Key | None = None
    complete: bool
    office: bool = False

    def __post_init__(self) -> None:
        date.fromisoformat(self.day)

    def from_a_site(self) -> bool:
        """The office's form is an online command of an account (F-1)."""
        return not self.office


@command("visits.attempt", title="执业验证未通过", permission="visit.attend", offline="fact")
class AttemptFailed(Command, kw_only=True):
    """A check-in that was refused; scores and photo stand in the sealed part (S-3)."""

    project_id: Key | None
    action: Literal["start", "end", "form", "records"]
    reason: Annotated[str, Meta(max_length=40)]
    photo: Digest | None = None


Words = Annotated[str, Meta(max_length=10_000)]
"""A text that somebody wrote: longer than anybody reads."""

Problems = Annotated[list[Words], Meta(max_length=200)]


class FormText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a form says: the work done, problems with photos, remarks (F-2). Always sealed."""

    work: Words
    problems: Problems = []
    photos: Annotated[list[Digest], Meta(max_length=200)] = []
    remarks: Words = ""


@command("feedback.office", title="在办公室补填执业反馈单", permission="feedback.office")
class SubmitOfficeForm(Command, kw_only=True):
    """Lead or manager writes the day's form when nobody on site can (F-1); the same fact, in server time."""

    form_id: Key
    project_id: Key
    day: Day
    complete: bool
    text: FormText


@command("visits.close_overtime", title="系统关闭超时执业", permission="visit.close_overtime")
class CloseOvertime(Command, kw_only=True):
    """Re-folds visits that are still open after 24 hours, so that the system closes them (S-8)."""
