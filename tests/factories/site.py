"""Facts of a site for tests: a person stands inside or outside, starts, ends, fills the form."""

from datetime import datetime, timedelta, timezone

from core.bus import Bus, Fact
from core.clock import ms_of
from core.command import Command, FactOutcome
from core.context import Actor
from core.ids import new_id
from core.visits.commands import FaceEntry, FixEntry, FormSubmitted, VisitEnded, VisitStarted

DEVICE = "01900000-0000-7000-8000-00000000000d"
FACE = FaceEntry(engine="fake", liveness="challenge", portrait_id="01900000-0000-7000-8000-00000000000f")
INSIDE = FixEntry(lat=31.2304, lon=121.4737, accuracy_m=10.0, age_ms=1_000, source="gps")
OUTSIDE = FixEntry(lat=31.2404, lon=121.4737, accuracy_m=10.0, age_ms=1_000, source="gps")
CHINA = timezone(timedelta(hours=8))


def at(text: str, day: int = 3) -> int:
    """A moment of March 2026 in Shanghai as milliseconds, such as ``at("09:00")``."""
    hour, minute = map(int, text.split(":"))
    base = datetime(2026, 3, day, tzinfo=CHINA)
    return ms_of(base + timedelta(hours=hour, minutes=minute))


def fact(command: Command, person: str, t_ms: int, proof: str = "proven", fact_id: str | None = None) -> Fact:
    """A fact as the bus gets it."""
    identity = fact_id or new_id()
    return Fact(
        identity, command, Actor("person", person), DEVICE, t_ms, proof, identity.replace("-", "") * 2
    )


def start(
    person: str, project: str, t_ms: int, fix: FixEntry | None = INSIDE, *, claims: bool = False
) -> Fact:
    """开始执业."""
    command = VisitStarted(project_id=project, person_id=person, claims=claims, face=FACE, fix=fix)
    return fact(command, person, t_ms)


def end(person: str, project: str, t_ms: int, fix: FixEntry | None = INSIDE) -> Fact:
    """结束执业."""
    return fact(VisitEnded(project_id=project, person_id=person, face=FACE, fix=fix), person, t_ms)


def form(person: str, project: str, t_ms: int, *, day: str = "2026-03-03", complete: bool = False) -> Fact:
    """提交执业反馈单."""
    command = FormSubmitted(project_id=project, person_id=person, day=day, complete=complete)
    return fact(command, person, t_ms)


def record(bus: Bus, *facts: Fact) -> list[FactOutcome]:
    """Records facts in one transaction, as a push does."""
    with bus.transaction(Actor("device", DEVICE), DEVICE, facts=True) as work:
        return bus.record(work, facts)
