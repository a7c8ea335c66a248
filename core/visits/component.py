"""Which facts are connected, so that new ones need only these to be judged again (S-18).

Two facts are connected if one may bear on the other, judged by times alone and rather too much than too little:
starts of one person whose stays touch; starts and forms of one project and day; an end and the starts that it
may end. A stay lasts from its start to the end by which the person left, or 24 h, or as long as a seal says.

A new fact changes who was where: a new end shortens a stay, a new start takes over a late end. So the search
walks over two pictures at once, the facts as they were judged and the facts as they are now; whatever a new fact
may have touched in either is judged again. The completing forms of J-7 reach all later starts of their project;
they are handled at the border, in ``refold``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeAlias

from core.visits.facts import DAY_MS, End, Fact, Form, Reopened, Seal, Start
from core.visits.outcome import Completion, DayKey
from core.visits.picture import Picture
from core.visits.stays import until

Window: TypeAlias = tuple[str, int, int]
"""A person, and a span of time with both its ends."""

Point: TypeAlias = tuple[str, str, int]
"""A person, a project, and a moment."""


class FactSource(Protocol):
    """The facts that have been judged, and what was given beside them; every method answers a whole set at once.

    An answer may hold more than was asked for, and the same thing twice, but nothing that has not been judged.
    """

    def of_ids(self, ids: Sequence[str]) -> Iterable[Fact]:
        """The facts with these ids, as they were judged."""

    def of_persons(self, windows: Sequence[Window]) -> Iterable[Start | End]:
        """Starts and ends of these persons in these spans."""

    def of_days(self, keys: Sequence[DayKey]) -> Iterable[Start | Form]:
        """Starts and forms of these projects and days."""

    def previous_starts(self, points: Sequence[Point]) -> Iterable[Start]:
        """For each point the latest start of that person on that project at or before the moment."""

    def late_ends(self, points: Sequence[Point]) -> Iterable[End]:
        """For each point the ends of that person on that project after the moment, and before his next start
        there in the order of (time, id): an end of that start's moment with a greater id is none of them.
        """

    def seals_of(self, keys: Sequence[DayKey]) -> Iterable[Seal]:
        """All seals of these projects and days."""

    def starts_after(self, points: Sequence[tuple[str, int]]) -> Iterable[Start]:
        """For each (project, moment) the starts there later than the moment."""

    def complete_forms(self, projects: Sequence[str]) -> Iterable[Form]:
        """The forms of these projects that say that the work is complete, whatever became of them."""

    def completions(self, projects: Sequence[str]) -> Iterable[Completion]:
        """Those of them that complete their project, by the verdicts as they stand."""

    def reopenings(self, projects: Sequence[str]) -> Iterable[Reopened]:
        """When these projects were taken back to work."""


def connected(source: FactSource, new: Sequence[Fact], seeds: Iterable[Fact] = ()) -> list[Fact]:
    """The new facts with all that are connected to them or to ``seeds``, facts of the source to be judged again.

    A new fact may also be one of the source with another time or proof (S-11); the new one holds.
    """
    search = _Search(source, new, seeds)
    while search.frontier:
        search.step()
    return search.found()


class _Search:
    """The walk: all members of one round are asked about together."""

    def __init__(self, source: FactSource, new: Sequence[Fact], seeds: Iterable[Fact]) -> None:
        self.source = source
        self.new = {fact.id: fact for fact in new}
        self.old: dict[str, Fact] = {}
        self.held: dict[str, int] = {}
        self.before = Picture(self.held)
        self.after = Picture(self.held)
        self.after.add(self.new.values())
        self._pool(seeds)
        seeded = set(self.old)
        self._pool(source.of_ids(list(self.new)) if self.new else ())
        self.members = set(self.new) | seeded
        self.frontier = set(self.members)
        self.days: set[DayKey] = set()
        self.sealed: set[DayKey] = set()
        self.spans: dict[str, list[tuple[int, int]]] = defaultdict(list)

    def step(self) -> None:
        """One round: fetch all that can border on the frontier, and move it on."""
        border = list(self._versions(self.frontier))
        self._fetch_near(border)
        self._fetch_far(border)
        self._fetch_seals()
        near = self.before.neighbours(self.frontier)
        if self.new:
            near |= self.after.neighbours(self.frontier)
        self.frontier = near - self.members
        self.members |= self.frontier

    def found(self) -> list[Fact]:
        """The members, as they are now, in order."""
        return sorted((self.new.get(i) or self.old[i] for i in self.members), key=lambda fact: fact.order)

    def _versions(self, ids: Iterable[str]) -> Iterator[Fact]:
        for fact_id in ids:
            old, new = self.old.get(fact_id), self.new.get(fact_id)
            if old is not None:
                yield old
            if new is not None and new != old:
                yield new

    def _pool(self, facts: Iterable[Fact]) -> None:
        fresh = {fact.id: fact for fact in facts if fact.id not in self.old}
        self.old |= fresh
        self.before.add(fresh.values())
        if self.new:
            self.after.add(fact for fact in fresh.values() if fact.id not in self.new)

    def _fetch_near(self, border: list[Fact]) -> None:
        windows = [
            (fact.person, fact.t_ms - DAY_MS, fact.t_ms + (DAY_MS if isinstance(fact, Start) else 0))
            for fact in border
            if not isinstance(fact, Form)
        ]
        days = {fact.key for fact in border if not isinstance(fact, End)} - self.days
        self.days |= days
        wanted = [window for window in merged(windows) if not self._is_covered(window)]
        if wanted:
            self._pool(self.source.of_persons(wanted))
        if days:
            self._pool(self.source.of_days(sorted(days)))

    def _is_covered(self, window: Window) -> bool:
        """Whether one answer before has held the whole span; if not, it will from now on."""
        person, first, last = window
        spans = self.spans[person]
        if any(lo <= first and last <= hi for lo, hi in spans):
            return True
        spans.append((first, last))
        return False

    def _fetch_far(self, border: list[Fact]) -> None:
        """Ends later than 24 h, and the starts that they may end; also the start before one that has moved."""
        starts = {(f.person, f.project, f.t_ms) for f in border if isinstance(f, Start)}
        lone = {(f.person, f.project, f.t_ms - DAY_MS - 1) for f in border if isinstance(f, End)}
        moved = {(f.person, f.project, f.t_ms - 1) for f in border if isinstance(f, Start) and self._moved(f)}
        if lone or moved:
            self._pool(self.source.previous_starts(sorted(lone | moved)))
        if starts:
            self._pool(self.source.late_ends(sorted(starts)))

    def _moved(self, fact: Fact) -> bool:
        return self.old.get(fact.id) == fact and self.new.get(fact.id, fact) != fact

    def _fetch_seals(self) -> None:
        keys = {fact.key for fact in (*self.old.values(), *self.new.values()) if isinstance(fact, Start)}
        if keys - self.sealed:
            for seal in self.source.seals_of(sorted(keys - self.sealed)):
                for visit in seal.visits:
                    self.held[visit.id] = max(self.held.get(visit.id, 0), until(visit)[0])
        self.sealed |= keys


def merged(windows: Iterable[Window]) -> list[Window]:
    """The same spans with those of one person that touch made one."""
    joined: list[Window] = []
    for person, first, last in sorted(windows):
        if joined and joined[-1][0] == person and first <= joined[-1][2]:
            joined[-1] = (person, joined[-1][1], max(last, joined[-1][2]))
        else:
            joined.append((person, first, last))
    return joined
