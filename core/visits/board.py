"""What a site's start screen asks: every project with its place, who is on site, and why nobody may start."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from core.clock import day_of_ms
from core.context import Context
from core.projects.models import Project, ProjectMember
from core.visits import gates, rules
from core.visits.inforce import InForce
from core.visits.models import VisitRow, is_open
from core.visits.standing import Place


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody whose visit is open."""

    person_id: str
    name: str
    since_ms: int


@dataclass(frozen=True, slots=True)
class SiteProject:
    """A project as a kiosk shows it before anybody is recognised."""

    id: str
    name: str
    address: str
    kind: str
    place: Place | None
    present: tuple[Present, ...]
    obstacle: rules.Breach | None
    claimed_by: str | None


def board(ctx: Context) -> list[SiteProject]:
    """All projects that this device holds, with what the rules say of a start there now."""
    projects = list(ctx.db.scalars(select(Project).order_by(Project.name)))
    ids = [project.id for project in projects]
    inforce = InForce(ctx.db.connection(), ids, [])
    names = names_of(ctx, ids)
    present = _present(ctx, ids, names)
    return [_site_project(ctx, project, inforce, present, names) for project in projects]


def names_of(ctx: Context, projects: Sequence[str]) -> dict[str, str]:
    """Names of everybody who is or was in these projects, by person id."""
    rows = select(ProjectMember.person_id, ProjectMember.person_name).where(
        ProjectMember.project_id.in_(projects)
    )
    return {row.person_id: row.person_name for row in ctx.db.execute(rows)}


def _present(ctx: Context, projects: Sequence[str], names: dict[str, str]) -> dict[str, list[Present]]:
    rows = select(VisitRow).where(
        VisitRow.project_id.in_(projects),
        is_open(),
        VisitRow.started_ms >= ctx.now_ms - gates.DAY_MS,
    )
    found: dict[str, list[Present]] = defaultdict(list)
    for row in ctx.db.scalars(rows.order_by(VisitRow.started_ms)):
        found[row.project_id].append(Present(row.person_id, names.get(row.person_id, ""), row.started_ms))
    return found


def _site_project(
    ctx: Context, project: Project, inforce: InForce, present: dict[str, list[Present]], names: dict[str, str]
) -> SiteProject:
    standing = inforce.standing("", project.id, ctx.now_ms)
    today = day_of_ms(ctx.now_ms).isoformat()
    obstacles = rules.project_breaches(standing)
    if gates.counting_form(ctx, project.id, today) is not None:
        obstacles.append(rules.DAY_CLOSED)
    if gates.is_complete(ctx, inforce, project.id):
        obstacles.append(rules.WORK_COMPLETE)
    claimant = next(
        (v.person for v in gates.day_visits(ctx, project.id, today) if v.claims and (v.open or v.ended)), None
    )
    return SiteProject(
        id=project.id, name=project.name, address=project.address, kind=project.kind, place=standing.place,
        present=tuple(present.get(project.id, ())), obstacle=obstacles[0] if obstacles else None,
        claimed_by=names.get(claimant, "") if claimant else None,
    )  # fmt: skip
