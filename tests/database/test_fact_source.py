"""The contract of a ``FactSource``: the book in SQL answers as the one in memory, which the verdict's laws rest on."""

from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from core.visits.book import FactBook, put_facts
from core.visits.component import FactSource
from core.visits.facts import End, Fact, Form, Start
from core.visits.models import FactRow
from tests.factories.server import ServerParts
from tests.fakes.worlds import HOUR, PEOPLE, PROJECTS, MemoryFacts, day_at, fact_lists

moments = st.integers(-1, 100).map(lambda h: h * HOUR)
points = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PROJECTS), moments), min_size=1, max_size=4
)
windows = st.lists(
    st.tuples(st.sampled_from(PEOPLE), moments, st.integers(0, 30)).map(
        lambda w: (w[0], w[1], w[1] + w[2] * HOUR)
    ),
    min_size=1,
    max_size=4,
)
days = st.lists(
    st.tuples(st.sampled_from(PROJECTS), moments.map(lambda t: day_at(max(t, 0)))), min_size=1, max_size=4
)
afters = st.lists(st.tuples(st.sampled_from(PROJECTS), moments), min_size=1, max_size=3)

BLANK = {
    "day": None, "device_id": None, "start_id": None, "lat": None, "lon": None, "accuracy_m": None, "age_ms": None,
    "source": None, "flags": "", "live": True, "claims": False, "complete": False, "office": False, "pending": False,
}  # fmt: skip


def row_of(fact: Fact) -> dict[str, Any]:
    kind = "S" if isinstance(fact, Start) else "E" if isinstance(fact, End) else "F"
    row = BLANK | {
        "kind": kind,
        "t_ms": fact.t_ms,
        "proof": fact.proof,
        "person_id": fact.person,
        "id": fact.id,
    }
    row["project_id"] = fact.project
    if isinstance(fact, End):
        return row | {"live": not fact.broken}
    if isinstance(fact, Form):
        return row | {"day": fact.day, "complete": fact.complete, "office": fact.office}
    return row | {"day": fact.day}


def ids(facts: Iterable[Fact]) -> set[str]:
    return {fact.id for fact in facts}


def answers(source: FactSource, questions: dict[str, Any]) -> dict[str, set[str]]:
    return {name: ids(getattr(source, name)(asked)) for name, asked in questions.items()}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fact_lists(), points, windows, days, afters)
def test_the_book_answers_as_the_fake(
    server: ServerParts,
    facts: Sequence[Fact],
    asked: list[tuple[str, str, int]],
    spans: list[tuple[str, int, int]],
    keys: list[tuple[str, str]],
    later: list[tuple[str, int]],
) -> None:
    """Every question about facts, with every time on the hour, so that moments meet."""
    questions = {
        "of_ids": [fact.id for fact in facts[:3]] + ["nobody"],
        "of_persons": spans,
        "of_days": keys,
        "previous_starts": asked,
        "late_ends": asked,
        "starts_after": later,
        "complete_forms": [project for project, _t in later],
    }
    memory = MemoryFacts({fact.id: fact for fact in facts})
    with server.bus.store.writing() as db:
        db.execute(delete(FactRow))
        put_facts(db.connection(), [row_of(fact) for fact in facts])
        assert answers(FactBook(db.connection()), questions) == answers(memory, questions)
        db.rollback()
