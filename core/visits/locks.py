"""What a visit keeps from changing: the place of its project (J-8), and the job of who is on site (E-4)."""

from sqlalchemy import select

from core.context import Context
from core.employment.handlers import LEAVE_BLOCKS
from core.employment.models import Employment
from core.errors import Fault
from core.projects.handlers import PLACE_LOCKS
from core.projects.models import Project
from core.visits.models import VisitRow, is_open
from core.visits.outcome import VerdictState


def was_visited(ctx: Context, project_id: str) -> bool:
    """Whether the first visit has started; one that was 无效 from its start locks nothing (J-8)."""
    found = select(VisitRow.id).where(
        VisitRow.project_id == project_id, VisitRow.state != VerdictState.INVALID.value
    )
    return ctx.db.scalar(found.limit(1)) is not None


def on_site(ctx: Context, employment: Employment) -> list[Fault]:
    """Where somebody who wants to leave still has an open visit for the agency (E-4)."""
    found = (
        select(Project.name)
        .join(VisitRow, VisitRow.project_id == Project.id)
        .where(
            VisitRow.person_id == employment.person_id,
            is_open(),
            Project.agency_id == employment.agency_id,
        )
    )
    return [Fault("visit", f"在项目“{name}”还有未结束的执业") for name in ctx.db.scalars(found)]


PLACE_LOCKS.append(was_visited)
LEAVE_BLOCKS.append(on_site)
