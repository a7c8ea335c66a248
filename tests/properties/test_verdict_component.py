"""The key property: judging only what is connected leaves the same verdicts as folding everything (S-18)."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.visits.component import connected, merged
from core.visits.facts import End, Fact, Start
from tests.fakes.worlds import HOUR, Ledger, MemoryFacts, Step, day_at, fact_lists, histories


@pytest.mark.rule("S-18")
@settings(max_examples=300)
@given(histories())
def test_batch_by_batch_is_everything_at_once(steps: list[Step]) -> None:
    """The verdict is a function of all facts and seals, not of their order of arrival."""
    ledger = Ledger()
    for step in steps:
        step.do(ledger)
        assert ledger.verdicts() == ledger.whole()


@given(fact_lists(), st.data())
def test_connection_is_mutual(facts: list[Fact], data: st.DataObject) -> None:
    """Whatever is connected to a fact leads back to it: components do not depend on where the search begins."""
    assume(facts)
    source = MemoryFacts({fact.id: fact for fact in facts})
    first = data.draw(st.sampled_from(facts))
    found = connected(source, [], [first])
    other = data.draw(st.sampled_from(found))
    assert connected(source, [], [other]) == found


@pytest.mark.parametrize(("end_id", "ended"), [("1", "0"), ("3", "2")])
def test_an_end_of_the_moment_of_the_next_start(end_id: str, ended: str) -> None:
    """25 h later somebody starts again and ends in one millisecond: the ids alone say which start is meant."""
    day = 25 * HOUR
    first, again = (Start(i, t, "proven", "乙", "P", day_at(t)) for i, t in (("0", 0), ("2", day)))
    end = End(end_id, day, "proven", "乙", "P")
    source = MemoryFacts({fact.id: fact for fact in (first, again, end)})
    groups = [{fact.id for fact in connected(source, [], [seed])} for seed in (first, again, end)]
    assert groups[2] == {ended, end_id}
    assert groups[0] == ({"0", "1"} if ended == "0" else {"0"})
    assert groups[1] == ({"2", "3"} if ended == "2" else {"2"})


def office_days(days: int, people: int) -> list[Fact]:
    """Everybody on a site of his own from nine to seventeen, day after day."""
    facts: list[Fact] = []
    for day in range(days):
        for person in range(people):
            t = (24 * day + 9) * HOUR
            who, where = f"person-{person}", f"project-{person}"
            facts.append(Start(f"s-{day}-{person}", t, "proven", who, where, day_at(t)))
            facts.append(End(f"e-{day}-{person}", t + 8 * HOUR, "proven", who, where))
    return facts


@pytest.mark.parametrize("days", [2, 12, 28])
def test_cost_does_not_grow_with_history(days: int) -> None:
    """A batch costs a handful of questions and judges its own day, however long the history."""
    ledger = Ledger(MemoryFacts({fact.id: fact for fact in office_days(days, 20)}))
    t = (24 * days + 9) * HOUR
    batch: list[Fact] = [
        Start(f"new-{i}", t, "proven", f"person-{i}", f"project-{i}", day_at(t)) for i in range(20)
    ]
    found = connected(ledger.source, batch)
    assert ledger.source.calls <= 12
    assert found == sorted(batch, key=lambda fact: fact.order)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 30), st.integers(0, 9))))
def test_merged_windows_hold_the_same_moments(drawn: list[tuple[str, int, int]]) -> None:
    windows = [(person, first, first + length) for person, first, length in drawn]

    def moments(spans: list[tuple[str, int, int]]) -> set[tuple[str, int]]:
        return {(person, t) for person, first, last in spans for t in range(first, last + 1)}

    assert moments(merged(windows)) == moments(windows)
    assert len(merged(windows)) <= len(windows)
