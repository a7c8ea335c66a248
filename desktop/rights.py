"""What the account may see and do, derived from employment and project as everywhere (A-3); the server decides."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.accounts.roles import MANAGER, may, roles_of
from core.context import Actor, Context
from desktop.ports import Me


@dataclass(frozen=True, slots=True)
class Rights:
    """What the navigation asks."""

    manager: bool = False


def rights_of(db: Session, me: Me) -> Rights:
    """Derived from the rows that this copy holds; before the first pull there are none, and no rights either."""
    here = reader(db, me, now_ms=0)  # what one is in an agency is a row without an end, whatever the time
    return Rights(manager=MANAGER in roles_of(here, {"agency_id": me.agency_id}))


def reader(db: Session, me: Me, now_ms: int) -> Context:
    """The person who is logged in, before this copy's rows: an account has no row here."""
    return Context(db, now_ms, Actor("person", me.person_id) if me.person_id else Actor("anyone"))


def allowed(ctx: Context, permission: str, project_id: str) -> bool:
    """Whether this copy's rows give the right towards a project, by the server's own table."""
    return may(ctx, permission, {"project_id": project_id})


def roles_in(ctx: Context, project_id: str) -> set[str]:
    """What one is towards a project."""
    return roles_of(ctx, {"project_id": project_id})
