"""What the verdict is made from: starts, ends and forms as they happened, seals, and reopenings (S-18)."""

from enum import StrEnum
from typing import TypeAlias

import msgspec

from core.visits.outcome import DayForm, DayKey, Visit

DAY_MS = 86_400_000
"""S-7, S-8: the 24 hours after which a visit counts zero; exactly 24 h passes."""

UNPROVEN = "unproven"
"""The proof of a time that nothing confirms (S-11); a bracketed time counts like a proven one."""

Order: TypeAlias = tuple[int, str]
"""Facts are judged by (trusted time, id); ids grow with the journal, so a tie has an order too."""


class Start(msgspec.Struct, frozen=True, gc=False):
    """A visit began. ``broken``: rules that it breaks by the rows in force; ``soft``: its position is in doubt
    (S-15); ``claims``: he will fill the form (S-6), which the gate asks for and no verdict rests on.
    """

    id: str
    t_ms: int
    proof: str
    person: str
    project: str
    day: str
    broken: tuple[str, ...] = ()
    soft: bool = False
    claims: bool = False

    @property
    def order(self) -> Order:
        """Its place among all facts."""
        return (self.t_ms, self.id)

    @property
    def trusted(self) -> bool:
        """Whether its time may displace others."""
        return self.proof != UNPROVEN

    @property
    def key(self) -> DayKey:
        """Project and day."""
        return (self.project, self.day)


class End(msgspec.Struct, frozen=True, gc=False):
    """A person ended on a project, in or outside the radius, or without a position (S-7).

    ``start_id`` is what the device believed; two devices may believe different things, so time decides.
    ``broken``: rules by which it is no end at all, such as a face that was not alive; it moves nobody.
    """

    id: str
    t_ms: int
    proof: str
    person: str
    project: str
    start_id: str | None = None
    outside: bool = False
    no_position: bool = False
    broken: tuple[str, ...] = ()

    @property
    def order(self) -> Order:
        """Its place among all facts."""
        return (self.t_ms, self.id)

    @property
    def trusted(self) -> bool:
        """Whether its time may displace others."""
        return self.proof != UNPROVEN


class Form(msgspec.Struct, frozen=True, gc=False):
    """A feedback form, by its filler. ``complete``: it says that the site's work is complete, on a project whose
    completion bars further starts (J-7: inspection and assessment; a maintenance form passes False).
    """

    id: str
    t_ms: int
    proof: str
    person: str
    project: str
    day: str
    complete: bool = False
    office: bool = False
    broken: tuple[str, ...] = ()

    @property
    def order(self) -> Order:
        """Its place among all facts."""
        return (self.t_ms, self.id)

    @property
    def trusted(self) -> bool:
        """Whether its time may displace others."""
        return self.proof != UNPROVEN

    @property
    def key(self) -> DayKey:
        """Project and day."""
        return (self.project, self.day)


Fact: TypeAlias = Start | End | Form


class SealKind(StrEnum):
    """Why a seal was given; a decision (S-16) replaces verdicts and leaves its day as open as it was."""

    EVALUATED = "evaluated"
    MONTH = "month"
    REPORT = "report"
    DECISION = "decision"


class Seal(msgspec.Struct, frozen=True, gc=False):
    """The verdicts of one project and day, frozen by the server in sequence; open visits stay out.

    ``covers`` are the facts known to it: a start or form of that day that is not among them came late.
    """

    seq: int
    project: str
    day: str
    kind: SealKind
    covers: frozenset[str]
    visits: tuple[Visit, ...]
    form: DayForm | None = None

    @property
    def key(self) -> DayKey:
        """Project and day."""
        return (self.project, self.day)


class Reopened(msgspec.Struct, frozen=True, gc=False):
    """A completed project takes starts again (J-7): its lead took "complete" back, or it went to 待复检.

    After ``recheck`` a form completes only by visits that began later.
    """

    project: str
    t_ms: int
    recheck: bool = False
