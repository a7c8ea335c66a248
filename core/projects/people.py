"""Keeps a project's people as rows that hold from a moment until another, the roles they give, and their faces."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.logins import person_of
from core.accounts.roles import EMPLOYEE, LEAD, MEMBER, TECHNICAL_LEAD, role_source
from core.context import Actor, Context
from core.db.changes import reveals
from core.db.vault import Vault
from core.employment.handlers import LEAVE_BLOCKS, LEAVE_LISTENERS, roles_in_agency
from core.employment.models import Employment
from core.erasure.commands import SubjectKind
from core.erasure.handlers import ERASURE_LISTENERS
from core.errors import Fault, NotHere, Refused
from core.ids import new_id
from core.practitioners.handlers import PORTRAIT_LISTENERS
from core.practitioners.models import Person, Portrait
from core.projects import lifecycle
from core.projects.commands import MemberEntry
from core.projects.models import Project, ProjectFace, ProjectMember
from core.projects.queries import led_by, positions_in

_ROLES = {"lead": LEAD, "technical_lead": TECHNICAL_LEAD, "member": MEMBER}


def set_people(ctx: Context, project: Project, people: Sequence[MemberEntry]) -> None:
    """Ends the rows of who is no longer wanted, opens rows for who is new."""
    wanted = {(entry.person_id, entry.role) for entry in people}
    rows = ctx.db.scalars(
        select(ProjectMember).where(ProjectMember.project_id == project.id, ProjectMember.until_ms.is_(None))
    ).all()
    for row in rows:
        if (row.person_id, row.role) not in wanted:
            row.until_ms = ctx.now_ms
    new = wanted - {(row.person_id, row.role) for row in rows}
    names = _names(ctx, project.agency_id, {person_id for person_id, _role in new})
    for person_id, role in sorted(new):
        ctx.db.add(
            ProjectMember(
                id=new_id(),
                project_id=project.id,
                person_id=person_id,
                person_name=names[person_id],
                role=role,
                from_ms=ctx.now_ms,
            )
        )
    _set_faces(ctx, project.id, {person_id for person_id, _role in wanted})


def _names(ctx: Context, agency_id: str, persons: set[str]) -> dict[str, str]:
    """Names of people of the agency; somebody else's people, and their faces, are not a project's to take (J-3)."""
    if positions_in(ctx.db, agency_id, persons).keys() != persons:
        raise Refused("projects.foreign", "项目人员中有人未在本机构任职", "请从本机构人员中选择", rule="J-3")
    found = select(Person.id, Person.name).where(Person.id.in_(persons))
    return dict(ctx.db.execute(found).all())


def _set_faces(ctx: Context, project_id: str, persons: set[str]) -> None:
    """Templates reach the project's kiosks only while the person belongs to it (D-2)."""
    rows = {
        r.person_id: r
        for r in ctx.db.scalars(select(ProjectFace).where(ProjectFace.project_id == project_id))
    }
    for person_id in rows.keys() - persons:
        ctx.db.delete(rows[person_id])
    portraits = select(Portrait).where(
        Portrait.person_id.in_(persons - rows.keys()), Portrait.until_ms.is_(None)
    )
    for portrait in ctx.db.scalars(portraits):
        ctx.db.add(
            ProjectFace(
                id=new_id(),
                project_id=project_id,
                person_id=portrait.person_id,
                portrait_id=portrait.id,
                engine=portrait.engine,
            )
        )


def follow_portrait(ctx: Context, person_id: str, portrait_id: str) -> None:
    """A new portrait or template serves the visits of every project of his agency that its person is in (P-2, E-5)."""
    ctx.db.flush()
    portrait = ctx.db.get_one(Portrait, portrait_id)
    members = (
        select(ProjectMember.project_id)
        .join(Project, Project.id == ProjectMember.project_id)
        .join(Employment, Employment.agency_id == Project.agency_id)
        .where(
            ProjectMember.person_id == person_id,
            ProjectMember.until_ms.is_(None),
            Employment.person_id == person_id,
            Employment.until_ms.is_(None),
        )
    )
    known = {
        r.project_id: r for r in ctx.db.scalars(select(ProjectFace).where(ProjectFace.person_id == person_id))
    }
    for project_id in set(ctx.db.scalars(members)):
        row = known.get(project_id)
        if row is None:
            row = ProjectFace(id=new_id(), project_id=project_id, person_id=person_id)
            ctx.db.add(row)
        row.portrait_id, row.engine = portrait_id, portrait.engine
        # Kiosks get the template, which stands in no column here: a row that looks the same is another one to them.
        ctx.stamps.touch(row.__tablename__, row.id, row.scopes())


PORTRAIT_LISTENERS.append(follow_portrait)


def leads_something(ctx: Context, employment: Employment) -> list[Fault]:
    """Who leads an unfinished project, also technically, can't leave before somebody else does (E-4)."""
    led = led_by(ctx.db, employment.agency_id, employment.person_id, lifecycle.ENDED)
    return [Fault("project", f"仍是项目“{project.name}”的项目负责人或技术负责人") for project in led]


def forget_face(ctx: Context, employment: Employment) -> None:
    """When an employment ends, the agency's devices drop that person's template (E-5)."""
    rows = (
        select(ProjectFace)
        .join(Project, Project.id == ProjectFace.project_id)
        .where(ProjectFace.person_id == employment.person_id, Project.agency_id == employment.agency_id)
    )
    for row in ctx.db.scalars(rows):
        ctx.db.delete(row)


def forget_faces(ctx: Context, kind: SubjectKind, subject_id: str) -> None:
    """No device keeps the template of who was erased (D-2)."""
    rows = select(ProjectFace).where(ProjectFace.person_id == subject_id)
    for row in ctx.db.scalars(rows) if kind == "person" else ():
        ctx.db.delete(row)


ERASURE_LISTENERS.append(forget_faces)
LEAVE_BLOCKS.append(leads_something)
LEAVE_LISTENERS.append(forget_face)


@role_source
def project_roles(ctx: Context, actor: Actor, subject: dict[str, str]) -> set[str]:
    """Lead, technical lead, member of the project that the subject names; and what one is in its agency (A-3).

    Who no longer works in the agency has none of them, whatever the project's list still says.
    """
    person_id, project_id = person_of(ctx, actor), subject.get("project_id")
    project = ctx.db.get(Project, project_id) if project_id is not None else None
    if person_id is None or project is None:
        return set()
    here = roles_in_agency(ctx, person_id, project.agency_id)
    if EMPLOYEE not in here:
        return here
    rows = ctx.db.scalars(
        select(ProjectMember.role).where(
            ProjectMember.project_id == project_id,
            ProjectMember.person_id == person_id,
            ProjectMember.until_ms.is_(None),
        )
    )
    return here | {_ROLES[role] for role in rows}


@reveals("project_face")
def open_template(db: Session, vault: Vault, row: dict[str, Any]) -> dict[str, Any]:
    """Opens the template for a kiosk that may hold it; one that is gone keeps no pull from going on (D-2)."""
    portrait = db.get_one(Portrait, row["portrait_id"])
    if not portrait.template:
        return row | {"template": None}
    try:
        return row | {"template": vault.open(db, portrait.person_id, portrait.template)}
    except NotHere:
        return row | {"template": None}
