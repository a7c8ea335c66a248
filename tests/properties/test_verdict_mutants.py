"""Each mechanism of the verdict, taken out on purpose, makes a law or the key property fail: none sleeps."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, settings

from core.visits import closing, refold, verdict
from core.visits.completion import Completions
from core.visits.component import FactSource, _Search
from core.visits.facts import Fact
from core.visits.outcome import Completion, Verdicts
from core.visits.pairing import Trail
from core.visits.picture import Picture
from core.visits.sealing import Sealed
from core.visits.stays import Board
from tests.fakes.worlds import Ledger, MemoryFacts, Shape, Step, fact_lists, histories, played
from tests.properties.verdict_laws import every_law

SEARCH = settings(
    max_examples=6000,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


def nothing(*_args: object, **_kwargs: object) -> None:
    """Does not do what it should."""


def gives(value: Any) -> Callable[..., Any]:
    """Always answers the same."""
    return lambda *_args, **_kwargs: value


def breaks_a_law(steps: list[Step]) -> bool:
    """Whether the fold of everything is wrong."""
    try:
        every_law(played(steps))
    except AssertionError:
        return True
    return False


def breaks_a_law_at_once(facts: list[Fact]) -> bool:
    """The same where nothing is sealed; there the way on which facts came does not matter."""
    try:
        every_law(Ledger(MemoryFacts({fact.id: fact for fact in facts})))
    except AssertionError:
        return True
    return False


def breaks_the_key_property(steps: list[Step]) -> bool:
    """Whether judging what is connected differs from judging everything."""
    ledger = Ledger()
    for step in steps:
        step.do(ledger)
        if ledger.verdicts() != ledger.whole():
            return True
    return False


def one_picture(self: _Search, source: FactSource, new: Sequence[Fact], seeds: Iterable[Fact]) -> None:
    """Sees only the facts as they are now."""
    _start_search(self, source, new, seeds)
    if self.new:
        self.before = self.after


def stand_still(*args: Any) -> tuple[Verdicts, set[Completion]]:
    """Judges, and tells nobody that a project is complete."""
    return _judge_together(*args)[0], set()


_start_search = _Search.__init__
_judge_together = refold.judge_together

ONE_PERSON = Shape(4, people=1, hours=12, seal_odds=2, decisions=False)
ONE_DAY = Shape(4, people=2, projects=1, hours=12, decisions=False)
ONE_SITE = Shape(5, people=2, projects=1, hours=40, seal_odds=9, complete=True)
TWO_DAYS = Shape(5, people=2, hours=40, seal_odds=3)

LAWS: dict[str, tuple[Shape, object, str, Any]] = {
    "S-12": (ONE_PERSON, verdict, "crosses", gives(False)),
    "no filler is exempt": (ONE_DAY, closing, "exempt", gives(False)),
    "F-4's filler is zeroed": (ONE_DAY, Board, "fills", gives(False)),
    "S-9": (ONE_DAY, verdict, "strike", gives(set())),
    "F-1's filler need not have ended": (ONE_DAY, Board, "has_ended", gives(True)),
    "nobody leaves": (ONE_PERSON, Trail, "leaving", gives(None)),
    "J-7 for everybody": (ONE_PERSON, Completions, "bars", gives(True)),
}
SEALS: dict[str, tuple[Shape, object, str, Any]] = {
    "frozen mark": (ONE_PERSON, verdict._Sweep, "frozen", nothing),
    "nothing is late": (ONE_PERSON, Sealed, "late", gives(False)),
}
CONNECTIONS: dict[str, tuple[Shape, object, str, Any]] = {
    "stays last a moment": (TWO_DAYS, Picture, "_stop", lambda self, start_id: self._facts[start_id].t_ms),
    "ends stand alone": (TWO_DAYS, Trail, "followers", gives([])),
    "only the new picture": (TWO_DAYS, _Search, "__init__", one_picture),
    "seals hold nobody": (TWO_DAYS, _Search, "_fetch_seals", nothing),
    "no far ends": (TWO_DAYS, _Search, "_fetch_far", nothing),
    "completion stops at the border": (ONE_SITE, refold, "judge_together", stand_still),
}


@pytest.mark.parametrize("name", LAWS)
def test_without_it_a_law_breaks(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shape, place, attribute, mutant = LAWS[name]
    monkeypatch.setattr(place, attribute, mutant)
    find(fact_lists(shape), breaks_a_law_at_once, settings=SEARCH)


@pytest.mark.parametrize("name", SEALS)
def test_without_it_a_seal_does_not_hold(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shape, place, attribute, mutant = SEALS[name]
    monkeypatch.setattr(place, attribute, mutant)
    find(histories(shape), breaks_a_law, settings=SEARCH)


@pytest.mark.parametrize("name", CONNECTIONS)
def test_without_it_the_key_property_breaks(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shape, place, attribute, mutant = CONNECTIONS[name]
    monkeypatch.setattr(place, attribute, mutant)
    find(histories(shape), breaks_the_key_property, settings=SEARCH)
