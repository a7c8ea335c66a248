"""Reads projects: their current rows, and the people as the rules see them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.employment.models import Employment
from core.practitioners.models import Certificate
from core.practitioners.rules import LEVEL_1
from core.projects.models import Project, ProjectMember, ProjectPlace, ProjectState
from core.projects.rules import Candidate


def contract_taken(db: Session, agency_id: str, number: str) -> bool:
    """Whether the agency already has a project under this contract number (J-4)."""
    found = select(Project.id).where(Project.agency_id == agency_id, Project.contract_number == number)
    return db.scalar(found) is not None


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
    employed = set(
        db.scalars(
            select(Employment.person_id).where(
                Employment.person_id.in_(persons),
                Employment.agency_id == agency_id,
                Employment.until_ms.is_(None),
            )
        )
    )
    certificates = select(Certificate.person_id, Certificate.until_ms).where(
        Certificate.person_id.in_(persons), Certificate.kind == LEVEL_1
    )
    level_1 = {person for person, until in db.execute(certificates) if until is None or until > now_ms}
    return [Candidate(r.person_id, r.role, r.person_id in employed, r.person_id in level_1) for r in rows]
