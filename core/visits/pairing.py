"""What starts and ends of one person on one project mean to each other by their times alone (S-7, S-8, S-11).

Everything here is a function of the facts, never of other verdicts: so the fold and the search for what is
connected can rest on the same definitions.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TypeAlias

from core.visits.facts import DAY_MS, Order

Mark: TypeAlias = tuple[int, str, bool]
"""Time, id, and whether the time is trusted."""

LAST = "\U0010ffff"
"""Greater than any id: what carries it comes after everything else of its moment."""


@dataclass(slots=True)
class Trail:
    """Starts and ends of one person on one project, each list in order once ``sort`` was called."""

    starts: list[Mark] = field(default_factory=list)
    ends: list[Mark] = field(default_factory=list)

    def sort(self) -> None:
        """Put both lists in order."""
        self.starts.sort()
        self.ends.sort()

    def leaving(self, start: Order) -> Order | None:
        """The end within 24 h by which one who started has left.

        The first end; but an unproven one yields to a proven one, unless a proven start lies between the two.
        """
        ends = self.ends
        at = _after(ends, start)
        horizon = start[0] + DAY_MS
        if at == len(ends) or ends[at][0] > horizon:
            return None
        first = ends[at]
        if first[2]:
            return first[:2]
        for other in ends[at + 1 :]:
            if other[0] > horizon:
                break
            if other[2]:
                return first[:2] if self._returned(first, other) else other[:2]
        return first[:2]

    def _returned(self, first: Mark, other: Mark) -> bool:
        between = self.starts[bisect_right(self.starts, first) : bisect_left(self.starts, other)]
        return any(trusted for _t, _id, trusted in between)

    def candidates(self, end: Order) -> list[Mark]:
        """The starts that an end may end: those of the 24 h before it; without any, the single latest one."""
        stop = bisect_left(self.starts, (*end, False))
        first = bisect_left(self.starts, (end[0] - DAY_MS, "", False))
        return self.starts[first if first < stop else max(stop - 1, 0) : stop]

    def followers(self, start: Order) -> list[Mark]:
        """The ends that have this start among their candidates."""
        ends = self.ends
        at = _after(ends, start)
        stop = bisect_right(ends, (start[0] + DAY_MS, LAST, True))
        following = _after(self.starts, start)
        if following == len(self.starts):
            stop = len(ends)
        else:
            stop = max(stop, bisect_left(ends, self.starts[following]))
        return ends[at:stop]


def _after(marks: list[Mark], order: Order) -> int:
    return bisect_right(marks, (*order, True))
