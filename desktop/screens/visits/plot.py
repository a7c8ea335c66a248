"""From facts to what is drawn: spots in metres around the site, and bars over the hours of a day. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, radians

from core.clock import SHANGHAI, from_ms
from core.visits.queries import FactLine, PlaceLine, VisitLine

_METRES_PER_DEGREE = 111_320.0
_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Spot:
    """A start or end, in metres east and north of the site's point."""

    title: str
    east_m: float
    north_m: float
    accuracy_m: float | None

    @property
    def distance_m(self) -> float:
        """How far from the site's point."""
        return hypot(self.east_m, self.north_m)


@dataclass(frozen=True, slots=True)
class Plot:
    """What the small map draws; no radius means that the site has no point."""

    radius_m: int | None
    spots: tuple[Spot, ...]

    @property
    def reach_m(self) -> float:
        """How far from the middle something is drawn."""
        far = [spot.distance_m + (spot.accuracy_m or 0) for spot in self.spots]
        return max([self.radius_m or 100, *far]) * 1.12


def plot_of(place: PlaceLine | None, start: FactLine | None, end: FactLine | None) -> Plot:
    """The site with what was measured there; without a point the first spot is the middle."""
    measured = [
        (title, fact.lat, fact.lon, fact.accuracy_m)
        for title, fact in (("开始", start), ("结束", end))
        if fact is not None and fact.lat is not None and fact.lon is not None
    ]
    if place is not None:
        lat, lon = place.lat, place.lon
    elif measured:
        lat, lon = measured[0][1], measured[0][2]
    else:
        return Plot(None, ())
    spots = [Spot(title, *_metres(lat, lon, a, b), accuracy) for title, a, b, accuracy in measured]
    return Plot(place.radius_m if place else None, tuple(spots))


def _metres(lat: float, lon: float, to_lat: float, to_lon: float) -> tuple[float, float]:
    """On a plane that touches the earth at the site: exact enough for a picture of a few kilometres."""
    east = (to_lon - lon) * _METRES_PER_DEGREE * cos(radians(lat))
    return east, (to_lat - lat) * _METRES_PER_DEGREE


def scale_bar(metres_wide: float) -> int:
    """A round length of about a quarter of the width."""
    wanted = max(metres_wide / 4, 1)
    power = 1
    while power * 10 <= wanted:
        power *= 10
    return next(power * step for step in (5, 2, 1) if power * step <= wanted)


@dataclass(frozen=True, slots=True)
class Bar:
    """One visit on the day's plot, in hours since the day began; an open one has no end of its own yet."""

    visit_id: str
    person: str
    start_h: float
    end_h: float
    state: str
    open: bool


@dataclass(frozen=True, slots=True)
class DayPlot:
    """Who was on site when on one day; hours from and to are what the axis shows."""

    day: str
    from_h: int
    to_h: int
    people: tuple[str, ...]
    bars: tuple[Bar, ...]
    now_h: float | None = None


def day_plot(visits: Sequence[VisitLine], day: str, now_ms: int) -> DayPlot:
    """The visits that began on that day, one line for each person, in the order in which they came."""
    began = sorted((v for v in visits if v.day == day), key=lambda v: (v.started_ms, v.id))
    people = tuple(dict.fromkeys(v.person for v in began))
    if not began:
        return DayPlot(day, 8, 18, (), ())
    midnight = _midnight_ms(began[0].started_ms)
    bars = tuple(_bar(visit, midnight, now_ms) for visit in began)
    first = min(int(bar.start_h) for bar in bars)
    last = max(-int(-bar.end_h // 1) for bar in bars)
    low = min(first, 8)
    now_h = (now_ms - midnight) / _HOUR_MS
    return DayPlot(day, low, min(max(last, 18), low + 36), people, bars, now_h if now_h <= last else None)


def _bar(visit: VisitLine, midnight: int, now_ms: int) -> Bar:
    until = visit.until_ms if visit.until_ms is not None else max(now_ms, visit.started_ms)
    return Bar(
        visit.id,
        visit.person,
        (visit.started_ms - midnight) / _HOUR_MS,
        (until - midnight) / _HOUR_MS,
        visit.state,
        visit.state == "open",
    )


def _midnight_ms(ms: int) -> int:
    local = from_ms(ms).astimezone(SHANGHAI)
    return ms - ((local.hour * 60 + local.minute) * 60 + local.second) * 1000 - local.microsecond // 1000
