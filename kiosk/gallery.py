"""The faces that this kiosk may recognise for a project: its people's templates, from the cache (D-2)."""

from sqlalchemy import select

from core.context import Context
from core.face.types import Candidate, Template
from core.projects.models import ProjectFace


def candidates(ctx: Context, project_id: str) -> tuple[list[Candidate], dict[str, str]]:
    """The project's people with templates, and by person the portrait that the template was made from."""
    rows = list(ctx.db.scalars(select(ProjectFace).where(ProjectFace.project_id == project_id)))
    found = [Candidate(row.person_id, (Template(row.engine, row.template),)) for row in rows if row.template]
    return found, {row.person_id: row.portrait_id for row in rows}
