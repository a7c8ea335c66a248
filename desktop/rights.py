"""What the account may see and do, derived from employment and project as everywhere (A-3); the server decides."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.accounts.roles import may, roles_of
from core.agencies.models import Agency
from core.context import Actor, Context
from core.employment.models import Employment
from desktop.ports import Me


@dataclass(frozen=True, slots=True)
class Rights:
    """What the navigation asks."""

    manager: bool = False


def rights_of(db: Session, me: Me) -> Rights:
    """Derived from the rows that this copy holds; before the first pull there are none, and no rights either."""
    if me.person_id is None:
        return Rights()
    legal = select(Agency.id).where(Agency.id == me.agency_id, Agency.legal_person_id == me.person_id)
    manages = select(Employment.id).where(
        Employment.agency_id == me.agency_id,
        Employment.person_id == me.person_id,
        Employment.until_ms.is_(None),
        or_(Employment.manager, Employment.position == "representative"),
    )
    return Rights(manager=db.scalar(legal) is not None or db.scalar(manages) is not None)


def reader(db: Session, me: Me, now_ms: int) -> Context:
    """The person who is logged in, before this copy's rows: an account has no row here."""
    return Context(db, now_ms, Actor("person", me.person_id) if me.person_id else Actor("anyone"))


def allowed(ctx: Context, permission: str, project_id: str) -> bool:
    """Whether this copy's rows give the right towards a project, by the server's own table."""
    return may(ctx, permission, {"project_id": project_id})


def roles_in(ctx: Context, project_id: str) -> set[str]:
    """What one is towards a project."""
    return roles_of(ctx, {"project_id": project_id})
