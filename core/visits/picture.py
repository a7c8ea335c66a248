"""One picture of who was where, by the times of some facts alone, and which of them border on each other."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from core.visits.facts import DAY_MS, End, Fact, Form, Start
from core.visits.outcome import DayKey
from core.visits.pairing import Trail


class Picture:
    """Facts indexed by person, by project and day, and by person and project; it grows as a search reads on.

    ``held`` says how long seals keep a stay open; whoever made the picture may add to it.
    """

    def __init__(self, held: Mapping[str, int]) -> None:
        self._facts: dict[str, Fact] = {}
        self._held = held
        self._persons: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._days: dict[DayKey, list[str]] = defaultdict(list)
        self._trails: dict[tuple[str, str], Trail] = defaultdict(Trail)
        self._stops: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)

    def add(self, facts: Iterable[Fact]) -> None:
        """Takes facts in that it does not hold yet; only the lists that they touch are put in order again."""
        persons: set[str] = set()
        trails: set[tuple[str, str]] = set()
        for fact in facts:
            self._facts[fact.id] = fact
            if not isinstance(fact, End):
                self._days[fact.key].append(fact.id)
            if isinstance(fact, Form):
                continue
            pair = (fact.person, fact.project)
            trails.add(pair)
            mark = (fact.t_ms, fact.id, fact.trusted)
            if isinstance(fact, Start):
                persons.add(fact.person)
                self._persons[fact.person].append((fact.t_ms, fact.id))
                self._trails[pair].starts.append(mark)
            elif not fact.broken:
                self._trails[pair].ends.append(mark)
        for person in persons:
            self._persons[person].sort()
        for pair in trails:
            self._trails[pair].sort()
            self._stops.pop(pair, None)

    def neighbours(self, ids: Iterable[str]) -> set[str]:
        """What borders on any of these facts."""
        near: set[str] = set()
        days: set[DayKey] = set()
        for fact in (self._facts[fact_id] for fact_id in ids if fact_id in self._facts):
            if isinstance(fact, End):
                near.update(self._ended_by(fact))
                continue
            days.add(fact.key)
            if isinstance(fact, Start):
                near.update(self._beside(fact))
        for key in days:
            near.update(self._days[key])
        return near

    def _ended_by(self, end: End) -> Iterator[str]:
        """The starts that an end may end; a broken one ends none."""
        trail = self._trails[end.person, end.project]
        return (start_id for _t, start_id, _trusted in (() if end.broken else trail.candidates(end.order)))

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
        start = self._facts[start_id]
        stops = self._stops[start.person, start.project]
        if start_id not in stops:
            left = self._trails[start.person, start.project].leaving((start.t_ms, start_id))
            stops[start_id] = left[0] if left is not None else start.t_ms + DAY_MS
        return max(stops[start_id], self._held.get(start_id, 0))
