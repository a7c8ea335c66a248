"""Who was where, for the kiosk's lists (S-10): one's own visits, and those of the project one belongs to."""

from collections.abc import Sequence

from sqlalchemy import Select, select

from core.clock import from_ms
from core.context import Context
from core.projects.models import Project
from core.visits.board import names_of
from core.visits.models import VisitRow
from kiosk import wording
from kiosk.adapters.site import Site
from kiosk.shown import VisitRow as Shown

LIMIT = 100


class CachedVisits:
    """Visits that this kiosk's cache holds."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def mine(self, pass_id: str) -> Sequence[Shown]:
        """The visits of whom the pass names, newest first."""
        person = self._site.pass_of(pass_id).person_id
        return self._list(select(VisitRow).where(VisitRow.person_id == person))

    def of_project(self, pass_id: str) -> Sequence[Shown]:
        """The visits of the pass's project, newest first."""
        project = self._site.pass_of(pass_id).project_id
        return self._list(select(VisitRow).where(VisitRow.project_id == project))

    def _list(self, wanted: Select[VisitRow]) -> list[Shown]:
        with self._site.reading() as ctx:
            rows = list(ctx.db.scalars(wanted.order_by(VisitRow.started_ms.desc()).limit(LIMIT)))
            return _shown(ctx, rows)


def _shown(ctx: Context, rows: Sequence[VisitRow]) -> list[Shown]:
    projects = {row.project_id for row in rows}
    names = names_of(ctx, sorted(projects))
    titles = {row.id: row.name for row in ctx.db.scalars(select(Project).where(Project.id.in_(projects)))}
    return [
        Shown(
            id=row.id, project_name=titles.get(row.project_id, ""), person_name=names.get(row.person_id, ""),
            started_at=from_ms(row.started_ms), ended_at=from_ms(row.ended_ms) if row.ended_ms else None,
            verdict=wording.verdict(row)[0], tone=wording.verdict(row)[1],
            counted=wording.duration(row.counted_s) if row.counted_s else "", reason=wording.why(row),
        )
        for row in rows
    ]  # fmt: skip
