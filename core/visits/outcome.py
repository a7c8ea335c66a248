"""What the verdict says (S-18): closed sets of states, reasons and notes, and the frozen records that carry them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, TypeAlias

import msgspec

DayKey: TypeAlias = tuple[str, str]
"""A project and a day (ISO date in Asia/Shanghai on which the visits began, F-1)."""

SYSTEM = "system"
"""Who closed a visit that was open for 24 h (S-8)."""


class VerdictState(StrEnum):
    """What a visit is worth; only a valid one has counted time."""

    OPEN = "open"
    VALID = "valid"
    ZEROED = "zeroed"
    INVALID = "invalid"
    PENDING = "pending"

    @property
    def zh(self) -> str:
        """The manual's word."""
        return _STATES[self]


class ZeroReason(StrEnum):
    """Why a visit counts zero; several can hold at once (S-7)."""

    AWAY = "away"
    OVERTIME = "overtime"
    FORM = "form"

    @property
    def zh(self) -> str:
        """The manual's word."""
        return _REASONS[self]


class NoteKind(StrEnum):
    """What became of a fact that has no effect of its own."""

    DISPLACED = "displaced"
    CORRECTION = "correction"
    INVALID = "invalid"

    @property
    def zh(self) -> str:
        """The manual's word."""
        return _NOTES[self]


_STATES = {
    VerdictState.OPEN: "执业中",
    VerdictState.VALID: "有效",
    VerdictState.ZEROED: "清零",
    VerdictState.INVALID: "无效",
    VerdictState.PENDING: "待核实",
}
_REASONS = {
    ZeroReason.AWAY: "超距执业",
    ZeroReason.OVERTIME: "超时执业",
    ZeroReason.FORM: "反馈单已提交",
}
_NOTES = {NoteKind.DISPLACED: "未采用", NoteKind.CORRECTION: "更正", NoteKind.INVALID: "无效"}


class Visit(msgspec.Struct, frozen=True, gc=False):
    """The verdict on one visit, which has the id of its start.

    ``rule`` says which rule makes it 无效 or 待核实. ``end_id`` is the end that it took; for a visit that is
    无效 this is only for show. ``left`` is the moment and the fact by which the person was gone, which another
    visit's end can be; without it he may have been there for 24 h. ``corrections`` are the late facts that a seal
    kept from having an effect.
    """

    id: str
    person: str
    project: str
    day: str
    proof: str
    started_ms: int
    ended_ms: int | None
    end_id: str | None
    closed_by: str | None
    closed_ms: int | None
    state: VerdictState
    reasons: tuple[ZeroReason, ...] = ()
    rule: str | None = None
    counted_seconds: int = 0
    left: tuple[int, str] | None = None
    corrections: tuple[str, ...] = ()

    @property
    def key(self) -> DayKey:
        """Project and day."""
        return (self.project, self.day)


class DayForm(msgspec.Struct, frozen=True, gc=False):
    """The form that counts for one project and day (F-1).

    ``binding`` if it has effects on others: proven, and its filler's end does not hang on an unproven start.
    ``completes`` if from then on nobody starts on the project (J-7).
    """

    id: str
    t_ms: int
    person: str
    project: str
    day: str
    office: bool
    binding: bool
    completes: bool

    @property
    def key(self) -> DayKey:
        """Project and day."""
        return (self.project, self.day)


class Note(msgspec.Struct, frozen=True, gc=False):
    """Why a fact has no effect: the rule, and the fact that displaced it or the visit that it concerns."""

    kind: NoteKind
    rule: str
    by: str | None = None


class Completion(NamedTuple):
    """A counting form that completed its project (J-7)."""

    project: str
    t_ms: int
    form_id: str


@dataclass(frozen=True, slots=True)
class Verdicts:
    """All verdicts of one fold: visits by id, the counting form of each day, notes by fact id."""

    visits: dict[str, Visit] = field(default_factory=dict)
    forms: dict[DayKey, DayForm] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)

    def completions(self) -> set[Completion]:
        """The forms by which projects are complete."""
        return {Completion(f.project, f.t_ms, f.id) for f in self.forms.values() if f.completes}
