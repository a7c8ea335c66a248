"""Turns fact rows into what the verdict folds: each judged by the rows in force at its trusted time (S-18)."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from core.geo.fix import Fix, Position, judge
from core.geo.point import Point
from core.visits import rules
from core.visits.commands import FixEntry
from core.visits.facts import End, Fact, Form, Start
from core.visits.inforce import InForce
from core.visits.sources import Admitted, admitted, may_claim
from core.visits.standing import Place


def is_live(db: Session, device_id: str | None, liveness: str) -> bool:
    """Whether the face was alive: by challenge, or by a still picture where the demo's server admitted it (S-3)."""
    return liveness != rules.DEMO_STILL or admitted(db, [device_id]).get(device_id, Admitted()).demo


def fix_of(entry: FixEntry | None) -> Fix | None:
    """A fact's position."""
    if entry is None:
        return None
    point = Point(entry.lat, entry.lon, entry.system)
    return Fix(point, entry.accuracy_m, entry.age_ms, entry.source, tuple(entry.flags))


def _row_fix(row: Any) -> Fix | None:
    if row.lat is None or row.lon is None or row.age_ms is None:
        return None
    return Fix(Point(row.lat, row.lon), row.accuracy_m, row.age_ms, row.source)


class Located(NamedTuple):
    """A fix measured against a project's place, and whether its device may claim it at all."""

    position: Position
    claimable: bool


def locate(place: Place | None, fix: Fix | None, device: Admitted) -> Located:
    """What a fix is worth (S-4, S-15); one that the device can't know from where it says is no position."""
    claimable = may_claim(device, fix)
    site = Point(place.lat, place.lon) if place is not None else None
    position = judge(site, place.radius_m if place is not None else 0, fix if claimable else None)
    return Located(position, claimable)


class Judge:
    """Judges the rows of one component; keeps the distances for the visit rows.

    What SQLite gives as 0 and 1 becomes true and false: a seal keeps the verdict as it is made here.
    """

    def __init__(self, inforce: InForce, devices: Mapping[str | None, Admitted], rows: Sequence[Any]) -> None:
        self._inforce, self._devices = inforce, devices
        self.distances: dict[str, float | None] = {}
        self._starts: dict[tuple[str, str], list[int]] = defaultdict(list)
        for row in sorted((row for row in rows if row.kind == "S"), key=lambda row: row.t_ms):
            self._starts[(row.person_id, row.project_id)].append(row.t_ms)

    def facts(self, rows: Iterable[Any]) -> list[Fact]:
        """The rows as judged facts."""
        return [{"S": self._start, "E": self._end, "F": self._form}[row.kind](row) for row in rows]

    def _start(self, row: Any) -> Fact:
        standing = self._inforce.standing(row.person_id, row.project_id, row.t_ms)
        position, claimable = self._locate(standing.place, row)
        breaches = rules.start_breaches(standing, position, live=row.live, claimable=claimable)
        return Start(
            id=row.id,
            t_ms=row.t_ms,
            proof=row.proof,
            person=row.person_id,
            project=row.project_id,
            day=row.day or "",
            broken=tuple(breach.rule for breach in breaches),
            soft=position.soft,
            claims=bool(row.claims),
        )

    def _end(self, row: Any) -> Fact:
        """An end is judged against the point at its visit's start (J-8)."""
        starts = self._starts.get((row.person_id, row.project_id), [])
        at = bisect_right(starts, row.t_ms)
        began = starts[at - 1] if at else row.t_ms
        place = self._inforce.standing(row.person_id, row.project_id, began).place
        position, _claimable = self._locate(place, row)
        return End(
            id=row.id,
            t_ms=row.t_ms,
            proof=row.proof,
            person=row.person_id,
            project=row.project_id,
            start_id=row.start_id,
            outside=position.outside,
            no_position=position.missing or position.soft,
            broken=tuple(breach.rule for breach in rules.end_breaches(live=row.live)),
        )

    def _locate(self, place: Place | None, row: Any) -> Located:
        found = locate(place, _row_fix(row), self._devices.get(row.device_id, Admitted()))
        self.distances[row.id] = found.position.distance_m
        return found

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
            complete=bool(row.complete) and standing.kind != "maintenance",
            office=bool(row.office),
            broken=broken,
        )
