"""One picture of who was where, by the times of some facts alone, and which of them border on each other."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from core.visits.facts import DAY_MS, End, Fact, Start
from core.visits.outcome import DayKey
from core.visits.pairing import Trail


class Picture:
    """Facts indexed by person, by project and day, and by person and project."""

    def __init__(self, facts: Iterable[Fact], held: Mapping[str, int]) -> None:
        self._facts: dict[str, Fact] = {}
        self._held = held
        self._persons: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._days: dict[DayKey, list[str]] = defaultdict(list)
        self._trails: dict[tuple[str, str], Trail] = defaultdict(Trail)
        for fact in facts:
            self._add(fact)
        for trail in self._trails.values():
            trail.sort()
        for orders in self._persons.values():
            orders.sort()
        self._stops: dict[str, int] = {}

    def _add(self, fact: Fact) -> None:
        self._facts[fact.id] = fact
        if isinstance(fact, End):
            self._trails[fact.person, fact.project].ends.append((*fact.order, fact.trusted))
            return
        self._days[fact.key].append(fact.id)
        if isinstance(fact, Start):
            self._persons[fact.person].append(fact.order)
            self._trails[fact.person, fact.project].starts.append((*fact.order, fact.trusted))

    def neighbours(self, ids: Iterable[str]) -> set[str]:
        """What borders on any of these facts."""
        near: set[str] = set()
        days: set[DayKey] = set()
        for fact in (self._facts[fact_id] for fact_id in ids if fact_id in self._facts):
            if isinstance(fact, End):
                trail = self._trails[fact.person, fact.project]
                near.update(start_id for _t, start_id, _trusted in trail.candidates(fact.order))
                continue
            days.add(fact.key)
            if isinstance(fact, Start):
                near.update(self._beside(fact))
        for key in days:
            near.update(self._days[key])
        return near

    def _beside(self, start: Start) -> Iterator[str]:
        """The person's stays that touch this one, and the ends that may end it."""
        orders = self._persons[start.person]
        last = self._stop(start.id)
        first = bisect_left(orders, (start.t_ms - DAY_MS, ""))
        for t_ms, other in orders[first : bisect_right(orders, (last + 1, ""))]:
            if t_ms >= start.t_ms or self._stop(other) >= start.t_ms:
                yield other
        for _t, end_id, _trusted in self._trails[start.person, start.project].followers(start.order):
            yield end_id

    def _stop(self, start_id: str) -> int:
        """When a stay is over at the latest."""
        if start_id not in self._stops:
            start = self._facts[start_id]
            left = self._trails[start.person, start.project].leaving(start.order)
            stop = left[0] if left is not None else start.t_ms + DAY_MS
            self._stops[start_id] = max(stop, self._held.get(start_id, stop))
        return self._stops[start_id]
