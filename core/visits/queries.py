"""Reads visits, forms and projects for screens, as plain rows that need no session afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import day_of_ms
from core.drafts.queries import open_conflicts
from core.employment.models import Employment
from core.projects.models import Project, ProjectMember, ProjectPlace
from core.visits.models import FactRow, FormRow, VisitRow, is_open


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """One project in a list, with who is on site now and the visits that began today."""

    id: str
    number: str
    name: str
    kind: str
    state: str
    district: str
    lead: str
    client: str
    on_site: int
    today: int
    conflicts: int = 0
    """Edits of which two people wrote different values and nobody has chosen one."""


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One visit with the verdict on it (S-10, S-18); counted only when the verdict says so."""

    id: str
    person_id: str
    person: str
    day: str
    started_ms: int
    ended_ms: int | None
    end_id: str | None
    closed_by: str | None
    closed_ms: int | None
    state: str
    reasons: tuple[str, ...]
    rule: str | None
    counted_s: int
    proof: str
    corrections: int
    start_distance_m: float | None
    end_distance_m: float | None

    @property
    def until_ms(self) -> int | None:
        """When he left, or when the visit was closed for him; None while it runs."""
        return self.ended_ms if self.ended_ms is not None else self.closed_ms


@dataclass(frozen=True, slots=True)
class FactLine:
    """A start or an end as it was measured (S-15)."""

    id: str
    kind: str
    t_ms: int
    proof: str
    device_id: str | None
    lat: float | None
    lon: float | None
    accuracy_m: float | None
    age_ms: int | None
    source: str | None
    flags: tuple[str, ...]
    live: bool


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A project's point (WGS-84) and radius as in force at some moment (J-8)."""

    lat: float
    lon: float
    radius_m: int


@dataclass(frozen=True, slots=True)
class FormLine:
    """One feedback form; ``note`` says why it has no effect of its own (F-4)."""

    id: str
    person_id: str
    person: str
    day: str
    submitted_ms: int
    note: str | None
    rule: str | None
    complete: bool
    office: bool


def project_lines(db: Session, now_ms: int) -> list[ProjectLine]:
    """Every project that this copy holds, the newest first; five statements whatever their number."""
    leads = dict(
        db.execute(
            select(ProjectMember.project_id, ProjectMember.person_name).where(
                ProjectMember.role == "lead", ProjectMember.until_ms.is_(None)
            )
        ).all()
    )
    on_site = _counts(db, is_open())
    today = _counts(db, VisitRow.day == day_of_ms(now_ms).isoformat())
    conflicts = open_conflicts(db, Project.__tablename__)
    columns = (
        Project.id, Project.contract_number, Project.name, Project.kind, Project.state, Project.district,
        Project.client,
    )  # fmt: skip
    return [
        ProjectLine(
            id_, number, name, kind, state, district, leads.get(id_, ""), client,
            on_site.get(id_, 0), today.get(id_, 0), conflicts.get(id_, 0),
        )
        for id_, number, name, kind, state, district, client in db.execute(
            select(*columns).order_by(Project.id.desc())
        )
    ]  # fmt: skip


def _counts(db: Session, condition: object) -> dict[str, int]:
    """Persons by project among the visits that meet a condition."""
    counted = (
        select(VisitRow.project_id, func.count(VisitRow.person_id.distinct()))
        .where(condition)  # type: ignore[arg-type]
        .group_by(VisitRow.project_id)
    )
    return dict(db.execute(counted).all())


def visit_lines(db: Session, project_id: str, day: str | None = None) -> list[VisitLine]:
    """A project's visits, the newest first; of one day only, if asked."""
    wanted = select(VisitRow).where(VisitRow.project_id == project_id)
    if day is not None:
        wanted = wanted.where(VisitRow.day == day)
    rows = list(db.scalars(wanted.order_by(VisitRow.started_ms.desc(), VisitRow.id.desc())))
    names = names_of(db, project_id, {row.person_id for row in rows})
    return [_visit_line(row, names.get(row.person_id, "未知人员")) for row in rows]


def _visit_line(row: VisitRow, person: str) -> VisitLine:
    return VisitLine(
        id=row.id,
        person_id=row.person_id,
        person=person,
        day=row.day,
        started_ms=row.started_ms,
        ended_ms=row.ended_ms,
        end_id=row.end_id,
        closed_by=row.closed_by,
        closed_ms=row.closed_ms,
        state=row.state,
        reasons=tuple(row.reasons),
        rule=row.rule,
        counted_s=row.counted_s,
        proof=row.proof,
        corrections=len(row.corrections),
        start_distance_m=row.start_distance_m,
        end_distance_m=row.end_distance_m,
    )


def names_of(db: Session, project_id: str, persons: Iterable[str]) -> dict[str, str]:
    """Names of persons as this copy knows them: from the project's people, past ones too, else from employment."""
    wanted = set(persons)
    found = dict(
        db.execute(
            select(ProjectMember.person_id, ProjectMember.person_name)
            .where(ProjectMember.project_id == project_id)
            .order_by(ProjectMember.from_ms)
        ).all()
    )
    missing = wanted - found.keys()
    if missing:
        known = select(Employment.person_id, Employment.person_name).where(Employment.person_id.in_(missing))
        found |= dict(db.execute(known).all())
    return found


def facts_of(db: Session, visit: VisitLine) -> tuple[FactLine | None, FactLine | None]:
    """The start and the end of a visit as they were measured."""
    wanted = [visit.id] if visit.end_id is None else [visit.id, visit.end_id]
    rows = {row.id: _fact_line(row) for row in db.scalars(select(FactRow).where(FactRow.id.in_(wanted)))}
    return rows.get(visit.id), rows.get(visit.end_id or "")


def _fact_line(row: FactRow) -> FactLine:
    return FactLine(
        id=row.id,
        kind=row.kind,
        t_ms=row.t_ms,
        proof=row.proof,
        device_id=row.device_id,
        lat=row.lat,
        lon=row.lon,
        accuracy_m=row.accuracy_m,
        age_ms=row.age_ms,
        source=row.source,
        flags=tuple(row.flags.split()),
        live=row.live,
    )


def place_at(db: Session, project_id: str, t_ms: int) -> PlaceLine | None:
    """The project's place by which a visit that began then is judged (J-8)."""
    rows = db.scalars(
        select(ProjectPlace).where(ProjectPlace.project_id == project_id).order_by(ProjectPlace.from_ms)
    )
    found = next((row for row in reversed(list(rows)) if row.holds_at(t_ms)), None)
    return PlaceLine(found.lat, found.lon, found.radius_m) if found else None


def form_lines(db: Session, project_id: str) -> list[FormLine]:
    """A project's feedback forms, the newest day first, and on a day the one that counts first."""
    rows = list(db.scalars(select(FormRow).where(FormRow.project_id == project_id)))
    rows.sort(key=lambda row: (row.day, row.note is None, row.id), reverse=True)
    names = names_of(db, project_id, {row.person_id for row in rows})
    return [
        FormLine(
            id=row.id,
            person_id=row.person_id,
            person=names.get(row.person_id, "未知人员"),
            day=row.day,
            submitted_ms=row.submitted_ms,
            note=row.note,
            rule=row.rule,
            complete=row.complete,
            office=row.office,
        )
        for row in rows
    ]
