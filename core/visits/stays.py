"""The working records of one fold: each start as a stay that is judged step by step, and the indexes over them."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from core.visits.facts import DAY_MS, UNPROVEN, End, Fact, Form, Order, Start
from core.visits.outcome import DayForm, DayKey, VerdictState, Visit, ZeroReason
from core.visits.pairing import LAST, Trail
from core.visits.sealing import Sealed


@dataclass(slots=True)
class Stay:
    """One visit while it is judged; ``gone`` is the first moment at which the person was not there any more."""

    id: str
    order: Order
    person: str
    key: DayKey
    proof: str
    trusted: bool
    gone: Order
    broken: tuple[str, ...] = ()
    soft: bool = False
    judged: bool = False
    late: bool = False
    fault: str | None = None
    end: End | None = None
    ended: Order | None = None
    closed: DayForm | None = None
    zero: set[ZeroReason] = field(default_factory=set)
    frozen: Visit | None = None
    corrections: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Judged, and not invalid."""
        return self.judged and self.fault is None

    def present(self, order: Order) -> bool:
        """Whether this visit puts the person on its site at a moment; exactly 24 h is still present."""
        return self.good and self.order < order < self.gone

    @property
    def open(self) -> bool:
        """Whether neither an end nor a form has closed it, and no seal holds it."""
        return self.frozen is None and self.ended is None and self.closed is None


@dataclass(slots=True)
class Board:
    """All stays of a fold and how they are found: by person, by project and day, by person and project."""

    stays: dict[str, Stay] = field(default_factory=dict)
    persons: dict[str, list[Stay]] = field(default_factory=lambda: defaultdict(list))
    orders: dict[str, list[Order]] = field(default_factory=dict)
    days: dict[DayKey, list[Stay]] = field(default_factory=lambda: defaultdict(list))
    trails: dict[tuple[str, str], Trail] = field(default_factory=lambda: defaultdict(Trail))
    forms: dict[DayKey, list[Form]] = field(default_factory=lambda: defaultdict(list))
    ends: list[End] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def before(self, order: Order, person: str) -> Iterator[Stay]:
        """Somebody's stays that began in the 24 h before a moment, the latest first."""
        stays = self.persons.get(person, [])
        for at in range(bisect_left(self.orders.get(person, []), order) - 1, -1, -1):
            if stays[at].order[0] < order[0] - DAY_MS:
                return
            yield stays[at]

    def presences(self, order: Order, person: str) -> Iterator[Stay]:
        """The visits that put somebody somewhere at a moment."""
        return (stay for stay in self.before(order, person) if stay.present(order))

    def candidates(self, end: End) -> list[str]:
        """The starts that an end may end, the latest first."""
        marks = self.trails[end.person, end.project].candidates(end.order)
        return [start_id for _t, start_id, _trusted in reversed(marks)]

    def candidate(self, end: End) -> Stay | None:
        """The latest good stay that an end may end."""
        stays = (self.stays[start_id] for start_id in self.candidates(end))
        return next((stay for stay in stays if stay.good), None)

    def fills(self, key: DayKey, person: str) -> bool:
        """Whether somebody wrote an acceptable form of that day after an end of his own, or in the office
        (S-9, F-4: no filler is zeroed).
        """
        return any(
            form.person == person and not form.broken and (form.office or self._left_before(form))
            for form in self.forms.get(key, [])
        )

    def _left_before(self, form: Form) -> bool:
        trail = self.trails[form.person, form.project]
        own = (stay for stay in self.days.get(form.key, []) if stay.person == form.person)
        return any(end[:2] < form.order for stay in own for end in trail.followers(stay.order)[:1])

    def has_ended(self, form: Form) -> bool:
        """F-1: whether the filler has ended a good visit of that day before he wrote."""
        return any(
            stay.person == form.person and stay.good and stay.ended is not None and stay.ended < form.order
            for stay in self.days.get(form.key, [])
        )


def lay_out(facts: Iterable[Fact], sealed: Sealed) -> Board:
    """The board of some facts, each id once; what a seal froze stands on it already judged."""
    board = Board()
    for visit in sealed.visits.values():
        _place(board, _frozen_stay(visit))
    for fact in {fact.id: fact for fact in facts}.values():
        if isinstance(fact, Form):
            board.forms[fact.key].append(fact)
        elif isinstance(fact, End):
            board.trails[fact.person, fact.project].ends.append((*fact.order, fact.trusted))
            board.ends.append(fact)
        elif fact.id not in sealed.visits:
            _place(board, _new_stay(fact))
    for trail in board.trails.values():
        trail.sort()
    for person, stays in board.persons.items():
        stays.sort(key=lambda stay: stay.order)
        board.orders[person] = [stay.order for stay in stays]
    for stay in board.stays.values():
        if stay.frozen is None:
            stay.gone = board.trails[stay.person, stay.key[0]].leaving(stay.order) or stay.gone
    return board


def _place(board: Board, stay: Stay) -> None:
    board.stays[stay.id] = stay
    board.persons[stay.person].append(stay)
    board.days[stay.key].append(stay)
    board.trails[stay.person, stay.key[0]].starts.append((*stay.order, stay.trusted))


def _new_stay(start: Start) -> Stay:
    gone = (start.t_ms + DAY_MS, LAST)
    return Stay(
        start.id,
        start.order,
        start.person,
        start.key,
        start.proof,
        start.trusted,
        gone,
        start.broken,
        start.soft,
    )


def _frozen_stay(visit: Visit) -> Stay:
    trusted = visit.proof != UNPROVEN
    return Stay(
        visit.id,
        (visit.started_ms, visit.id),
        visit.person,
        visit.key,
        visit.proof,
        trusted=trusted,
        gone=until(visit),
        judged=trusted or visit.state is VerdictState.VALID,  # a decision vouches for an unproven time
        fault=(visit.rule or "S-16") if visit.state is VerdictState.INVALID else None,
        ended=None if visit.end_id is None else (visit.ended_ms or 0, visit.end_id),
        frozen=visit,
    )


def until(visit: Visit) -> Order:
    """When a judged visit's person was gone: by the fact that tells, or after 24 h."""
    horizon = (visit.started_ms + DAY_MS, LAST)
    return horizon if visit.left is None else min(visit.left, horizon)
