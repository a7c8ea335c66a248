"""The start screen's projects: from the cache, the nearest first."""

from collections.abc import Sequence

from core.clock import from_ms
from core.geo.distance import distance_m
from core.geo.fix import Worth, worth_of
from core.geo.point import Point
from core.visits.board import SiteProject, board
from kiosk.adapters.forms import owing_projects
from kiosk.adapters.site import Site
from kiosk.shown import OnSite, ProjectCard

KINDS = {"maintenance": "维保", "inspection": "检测", "assessment": "评估"}


class CachedProjects:
    """Every project of the kiosk's agency that may be practised or has somebody on site."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def nearest(self) -> Sequence[ProjectCard]:
        """All cards, those without a distance last."""
        with self._site.reading() as ctx:
            found, owing = board(ctx), owing_projects(ctx)
        fix = self._site.locator.newest()
        here = fix.point if fix is not None and worth_of(fix) is not Worth.NONE else None
        cards = [_card(project, here) for project in found if project.id in owing or _is_of_use(project)]
        return sorted(cards, key=lambda card: (card.distance_m is None, card.distance_m or 0, card.name))


def _is_of_use(project: SiteProject) -> bool:
    """A project that never can be practised again is shown only while somebody is still there, or owes its form."""
    return bool(project.present) or project.obstacle is None or project.obstacle.code != "visits.state"


def _rounded(metres: float) -> int:
    """As exact as a person needs it; a receiver's trembling must not change the list."""
    step = 10 if metres < 1000 else 100
    return round(metres / step) * step


def _card(project: SiteProject, here: Point | None) -> ProjectCard:
    place = project.place
    distance = _rounded(distance_m(here, Point(place.lat, place.lon))) if here and place else None
    return ProjectCard(
        id=project.id, name=project.name, address=project.address, kind=KINDS.get(project.kind, ""),
        distance_m=distance,
        on_site=tuple(OnSite(one.person_id, one.name, from_ms(one.since_ms)) for one in project.present),
        may_start=project.obstacle is None,
        reason=project.obstacle.sentence if project.obstacle else "",
        claimed_by=project.claimed_by,
    )  # fmt: skip
