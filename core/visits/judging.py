"""Turns fact rows into what the verdict folds: each judged by the rows in force at its trusted time (S-18)."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from core.context import Context
from core.devices.models import Device
from core.geo.fix import Fix, Position, judge
from core.geo.point import Point
from core.visits import rules
from core.visits.commands import FixEntry
from core.visits.facts import End, Fact, Form, Start
from core.visits.inforce import InForce
from core.visits.standing import Place


def is_live(ctx: Context, liveness: str) -> bool:
    """Whether the face was alive: by challenge, or by a still picture where the demo's server admitted it (S-3)."""
    if liveness != rules.DEMO_STILL:
        return True
    device = ctx.db.get(Device, ctx.device_id) if ctx.device_id else None
    return device is not None and device.still_for_live


def position_of(place: Place | None, entry: FixEntry | None) -> Position:
    """What a fix is worth against the project's place (S-4, S-15)."""
    fix = None
    if entry is not None:
        point = Point(entry.lat, entry.lon, entry.system)
        fix = Fix(point, entry.accuracy_m, entry.age_ms, entry.source, tuple(entry.flags))
    return _judge(place, fix)


def _row_position(place: Place | None, row: Any) -> Position:
    fix = None
    if row.lat is not None and row.lon is not None and row.age_ms is not None:
        fix = Fix(Point(row.lat, row.lon), row.accuracy_m, row.age_ms, row.source)
    return _judge(place, fix)


def _judge(place: Place | None, fix: Fix | None) -> Position:
    site = Point(place.lat, place.lon) if place is not None else None
    return judge(site, place.radius_m if place is not None else 0, fix)


class Judge:
    """Judges the rows of one component; keeps the distances for the visit rows."""

    def __init__(self, inforce: InForce, rows: Sequence[Any]) -> None:
        self._inforce = inforce
        self.distances: dict[str, float | None] = {}
        self._starts: dict[tuple[str, str], list[int]] = defaultdict(list)
        for row in sorted((row for row in rows if row.kind == "S"), key=lambda row: row.t_ms):
            self._starts[(row.person_id, row.project_id)].append(row.t_ms)

    def facts(self, rows: Iterable[Any]) -> list[Fact]:
        """The rows as judged facts."""
        return [{"S": self._start, "E": self._end, "F": self._form}[row.kind](row) for row in rows]

    def _start(self, row: Any) -> Fact:
        standing = self._inforce.standing(row.person_id, row.project_id, row.t_ms)
        position = _row_position(standing.place, row)
        self.distances[row.id] = position.distance_m
        breaches = rules.start_breaches(standing, position, live=row.live)
        return Start(
            id=row.id,
            t_ms=row.t_ms,
            proof=row.proof,
            person=row.person_id,
            project=row.project_id,
            day=row.day or "",
            broken=tuple(breach.rule for breach in breaches),
            soft=position.soft,
            claims=row.claims,
        )

    def _end(self, row: Any) -> Fact:
        """An end is judged against the point at its visit's start (J-8)."""
        starts = self._starts.get((row.person_id, row.project_id), [])
        at = bisect_right(starts, row.t_ms)
        began = starts[at - 1] if at else row.t_ms
        place = self._inforce.standing(row.person_id, row.project_id, began).place
        position = _row_position(place, row)
        self.distances[row.id] = position.distance_m
        return End(
            id=row.id,
            t_ms=row.t_ms,
            proof=row.proof,
            person=row.person_id,
            project=row.project_id,
            start_id=row.start_id,
            outside=position.outside,
            no_position=position.missing or position.soft,
        )

    def _form(self, row: Any) -> Fact:
        standing = self._inforce.standing(row.person_id, row.project_id, row.t_ms)
        broken = () if row.office or standing.member else ("S-2",)
        return Form(
            id=row.id,
            t_ms=row.t_ms,
            proof=row.proof,
            person=row.person_id,
            project=row.project_id,
            day=row.day or "",
            complete=row.complete and standing.kind != "maintenance",
            office=row.office,
            broken=broken,
        )
