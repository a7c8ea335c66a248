"""Laws of the verdict on any facts and seals, in any order."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from core.visits.facts import DAY_MS, UNPROVEN, End, Fact, Form, SealKind, Start
from core.visits.outcome import VerdictState, Visit
from core.visits.verdict import fold
from tests.fakes.worlds import AS_OF, HOUR, UNDECIDED, Step, fact_lists, histories, kinds, played
from tests.properties.verdict_laws import every_law


@pytest.mark.rule("S-18")
@given(histories(), st.data())
def test_order_and_repetition_mean_nothing(steps: list[Step], data: st.DataObject) -> None:
    """The verdict is a function of all facts and seals, not of their order of arrival."""
    source = played(steps).source
    whole = fold(source.facts.values(), source.seals, source.reopened, as_of_ms=AS_OF)
    facts = data.draw(st.permutations(list(source.facts.values())))
    facts += data.draw(st.lists(st.sampled_from(facts), max_size=3)) if facts else []
    seals = data.draw(st.permutations(source.seals))
    reopened = data.draw(st.permutations(source.reopened))
    assert fold(facts, [*seals, *seals], [*reopened, *reopened], as_of_ms=AS_OF) == whole


@pytest.mark.rule("S-5", "S-7", "S-9", "S-12", "S-18", "F-1", "F-4")
@settings(max_examples=300)
@given(histories(UNDECIDED))
def test_laws(steps: list[Step]) -> None:
    """Counted time is sane and never at two places; one form counts; no filler is zeroed; seals hold."""
    every_law(played(steps))


@pytest.mark.rule("S-18")
@given(histories(), kinds)
def test_sealing_changes_nothing(steps: list[Step], kind: SealKind) -> None:
    """A seal freezes what is there; only what comes later can tell that it was given."""
    ledger = played(steps)
    before = ledger.whole()
    for key in sorted({visit.key for visit in before.visits.values()}):
        ledger.seal(key, kind)
    assert ledger.whole() == before


@given(fact_lists(), st.integers(0, 140), st.integers(0, 140))
def test_only_open_visits_change_with_time(facts: list[Fact], one: int, other: int) -> None:
    """S-8: the passing of time closes what is open, and does nothing else."""
    before = fold(facts, as_of_ms=min(one, other) * HOUR)
    after = fold(facts, as_of_ms=max(one, other) * HOUR)
    assert (before.forms, before.notes) == (after.forms, after.notes)
    for visit_id, visit in before.visits.items():
        if visit.state is not VerdictState.OPEN:
            assert after.visits[visit_id] == visit
        elif max(one, other) * HOUR <= visit.started_ms + DAY_MS:
            assert after.visits[visit_id].state is VerdictState.OPEN


@pytest.mark.rule("S-11", "S-18")
@given(fact_lists())
def test_unproven_starts_displace_nothing(facts: list[Fact]) -> None:
    """A clock moved by hand gains nobody time: without the unproven starts all other visits are judged the same.

    But for one's own form, which such a start may make acceptable, and for ends later than 24 h.
    """
    fillers = {fact.person for fact in facts if isinstance(fact, Form)}
    doubted = {
        fact.id
        for fact in facts
        if isinstance(fact, Start) and fact.proof == UNPROVEN and fact.person not in fillers
    }
    with_them = fold(facts, as_of_ms=AS_OF)
    without = fold([fact for fact in facts if fact.id not in doubted], as_of_ms=AS_OF)
    assert with_them.forms == without.forms
    for visit in without.visits.values():
        if visit.proof != UNPROVEN and not _late_ended(visit.id, facts):
            assert _worth(with_them.visits[visit.id]) == _worth(visit)


def _worth(visit: Visit) -> Visit:
    """Without the end of an invalid visit, which is only for show."""
    return replace(visit, ended_ms=None, end_id=None) if visit.state is VerdictState.INVALID else visit


def _late_ended(visit_id: str, facts: list[Fact]) -> bool:
    """Whether an end more than 24 h later might go to this visit; any start in between takes it over."""
    start = next(fact for fact in facts if fact.id == visit_id)
    return any(
        isinstance(fact, End) and fact.person == start.person and fact.t_ms > start.t_ms + DAY_MS
        for fact in facts
    )
