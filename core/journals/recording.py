"""Hands facts to the bus so that one that no database can keep blocks none of the others (invariant 8)."""

from collections.abc import Sequence

from sqlalchemy.exc import DataError

from core.bus import Bus, Fact, Work
from core.command import FactOutcome
from core.journals.acceptance import UNKEEPABLE


def record(bus: Bus, work: Work, facts: Sequence[Fact]) -> dict[str, FactOutcome]:
    """What became of each fact, by its id."""
    outcomes = _try(bus, work, facts)
    if outcomes is None:
        # One of them can't be kept. All the others can: a poison entry blocks nobody.
        outcomes = [one for fact in facts for one in _try(bus, work, [fact]) or [_void(fact)]]
    return {outcome.fact_id: outcome for outcome in outcomes}


def _void(fact: Fact) -> FactOutcome:
    return FactOutcome(fact.id, "void", UNKEEPABLE.rule, UNKEEPABLE.sentence)


def _try(bus: Bus, work: Work, facts: Sequence[Fact]) -> list[FactOutcome] | None:
    """What became of the facts; None, and nothing done, if the database can't keep a value among them."""
    try:
        with work.ctx.db.begin_nested():
            return bus.record(work, facts)
    except (DataError, OverflowError):
        return None
