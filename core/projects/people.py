"""Keeps a project's people as rows that hold from a moment until another, the roles they give, and their faces."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.logins import person_of
from core.accounts.roles import LEAD, MEMBER, TECHNICAL_LEAD, role_source
from core.context import Actor, Context
from core.db.changes import reveals
from core.db.vault import Vault
from core.employment.handlers import roles_in_agency
from core.errors import NotHere
from core.ids import new_id
from core.practitioners.handlers import PORTRAIT_LISTENERS
from core.practitioners.models import Person, Portrait
from core.projects.commands import MemberEntry
from core.projects.models import Project, ProjectFace, ProjectMember

_ROLES = {"lead": LEAD, "technical_lead": TECHNICAL_LEAD, "member": MEMBER}


def set_people(ctx: Context, project_id: str, people: Sequence[MemberEntry]) -> None:
    """Ends the rows of who is no longer wanted, opens rows for who is new."""
    wanted = {(entry.person_id, entry.role) for entry in people}
    rows = ctx.db.scalars(
        select(ProjectMember).where(ProjectMember.project_id == project_id, ProjectMember.until_ms.is_(None))
    ).all()
    for row in rows:
        if (row.person_id, row.role) not in wanted:
            row.until_ms = ctx.now_ms
    there = {(row.person_id, row.role) for row in rows}
    for person_id, role in sorted(wanted - there):
        person = ctx.db.get(Person, person_id)
        if person is None:
            raise NotHere("practitioners.unknown", "找不到这名从业人员", "请先登记人员信息")
        ctx.db.add(
            ProjectMember(
                id=new_id(),
                project_id=project_id,
                person_id=person_id,
                person_name=person.name,
                role=role,
                from_ms=ctx.now_ms,
            )
        )
    _set_faces(ctx, project_id, {person_id for person_id, _role in wanted})


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
    """A new portrait serves the visits of every project that its person is in (P-2)."""
    ctx.db.flush()
    portrait = ctx.db.get_one(Portrait, portrait_id)
    members = select(ProjectMember.project_id).where(
        ProjectMember.person_id == person_id, ProjectMember.until_ms.is_(None)
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


PORTRAIT_LISTENERS.append(follow_portrait)


@role_source
def project_roles(ctx: Context, actor: Actor, subject: dict[str, str]) -> set[str]:
    """Lead, technical lead, member of the project that the subject names; and what one is in its agency (A-3)."""
    person_id, project_id = person_of(ctx, actor), subject.get("project_id")
    if person_id is None or project_id is None:
        return set()
    rows = ctx.db.scalars(
        select(ProjectMember.role).where(
            ProjectMember.project_id == project_id,
            ProjectMember.person_id == person_id,
            ProjectMember.until_ms.is_(None),
        )
    )
    roles = {_ROLES[role] for role in rows}
    project = ctx.db.get(Project, project_id)
    return roles if project is None else roles | roles_in_agency(ctx, person_id, project.agency_id)


@reveals("project_face")
def open_template(db: Session, vault: Vault, row: dict[str, Any]) -> dict[str, Any]:
    """Opens the template for a kiosk that may hold it (D-2)."""
    portrait = db.get_one(Portrait, row["portrait_id"])
    return row | {"template": vault.open(db, portrait.person_id, portrait.template)}
