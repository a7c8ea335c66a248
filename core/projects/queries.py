"""Reads projects: their current rows, and the people as the rules see them."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.employment.models import Employment
from core.practitioners.models import Certificate
from core.practitioners.rules import LEVEL_1
from core.projects.models import Project, ProjectMember, ProjectPlace, ProjectState
from core.projects.rules import Candidate


def contract_taken(db: Session, agency_id: str, number: str, but: str = "") -> bool:
    """Whether the agency already has a project under this contract number, ``but`` the one of this id (J-4)."""
    found = select(Project.id).where(
        Project.agency_id == agency_id, Project.contract_number == number, Project.id != but
    )
    return number != "" and db.scalar(found) is not None


def current_state(db: Session, project_id: str) -> ProjectState | None:
    """The state row in force."""
    found = select(ProjectState).where(ProjectState.project_id == project_id, ProjectState.until_ms.is_(None))
    return db.scalar(found)


def current_place(db: Session, project_id: str) -> ProjectPlace | None:
    """The place row in force."""
    found = select(ProjectPlace).where(ProjectPlace.project_id == project_id, ProjectPlace.until_ms.is_(None))
    return db.scalar(found)


def members(db: Session, project_id: str) -> list[ProjectMember]:
    """The people who belong to the project now."""
    found = select(ProjectMember).where(
        ProjectMember.project_id == project_id, ProjectMember.until_ms.is_(None)
    )
    return list(db.scalars(found.order_by(ProjectMember.role, ProjectMember.person_name)))


def candidates(db: Session, project_id: str, agency_id: str, now_ms: int) -> list[Candidate]:
    """The project's people with what J-3 asks of them."""
    rows = members(db, project_id)
    persons = {row.person_id for row in rows}
    jobs = positions_in(db, agency_id, persons)
    certificates = select(Certificate.person_id, Certificate.until_ms).where(
        Certificate.person_id.in_(persons), Certificate.kind == LEVEL_1
    )
    level_1 = {person for person, until in db.execute(certificates) if until is None or until > now_ms}
    return [
        Candidate(r.person_id, r.role, r.person_id in jobs, jobs.get(r.person_id), r.person_id in level_1)
        for r in rows
    ]


def positions_in(db: Session, agency_id: str, persons: Collection[str]) -> dict[str, str]:
    """Which of these persons work in the agency now, and as what."""
    found = select(Employment.person_id, Employment.position).where(
        Employment.person_id.in_(persons), Employment.agency_id == agency_id, Employment.until_ms.is_(None)
    )
    return dict(db.execute(found).all())


def has_lead(db: Session, project: Project) -> bool:
    """Whether the project's lead is still there: named, and working in the agency (J-7)."""
    leads = {row.person_id for row in members(db, project.id) if row.role == "lead"}
    return bool(positions_in(db, project.agency_id, leads))


def led_by(db: Session, agency_id: str, person_id: str, ended: Collection[str]) -> list[Project]:
    """The agency's projects that a person leads, also technically, and that are in none of these states (E-4)."""
    found = (
        select(Project)
        .join(ProjectMember, ProjectMember.project_id == Project.id)
        .where(
            Project.agency_id == agency_id,
            Project.base_state.not_in(ended),
            ProjectMember.person_id == person_id,
            ProjectMember.role.in_(("lead", "technical_lead")),
            ProjectMember.until_ms.is_(None),
        )
    )
    return list(db.scalars(found.distinct().order_by(Project.id)))
