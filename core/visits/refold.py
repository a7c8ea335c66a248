"""Judges new facts together with all that they bear on, and nothing else (S-18)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from core.visits.component import FactSource, connected
from core.visits.facts import End, Fact, Reopened
from core.visits.outcome import Completion, DayKey, Verdicts
from core.visits.verdict import fold


@dataclass(frozen=True, slots=True)
class Refolded:
    """The facts that were judged again, and their verdicts, which replace what was said of these facts."""

    facts: list[Fact]
    verdicts: Verdicts


def refold(
    source: FactSource,
    new: Sequence[Fact] = (),
    *,
    days: Sequence[DayKey] = (),
    reopened: Sequence[Reopened] = (),
    seeds: Iterable[Fact] = (),
    judge: Callable[[list[Fact]], list[Fact]] = list,
    as_of_ms: int,
) -> Refolded:
    """The verdicts after new facts, or after seals of ``days`` or reopenings, which the source already has.

    ``seeds`` are other facts of the source to look at again; ``judge`` says of facts which rules they break, where
    the source gives them without that.

    Where it shows that a project became complete, or did not after all (J-7), the later starts there join in.
    """
    given = {fact.id: fact for fact in (*seeds, *_given(source, days, reopened))}
    while True:
        facts = judge(connected(source, new, given.values()))
        verdicts, changed = judge_together(source, facts, as_of_ms)
        judged = {fact.id for fact in facts}
        later = source.starts_after(sorted((c.project, c.t_ms - 1) for c in changed)) if changed else ()
        more = {start.id: start for start in later if start.id not in judged}
        if not more:
            return Refolded(facts, verdicts)
        given |= more


def _given(source: FactSource, days: Sequence[DayKey], reopened: Sequence[Reopened]) -> Iterable[Fact]:
    """What seals and reopenings bear on: the facts of a sealed day; later starts, and forms that complete."""
    if days:
        yield from source.of_days(days)
    if reopened:
        yield from source.starts_after([(moment.project, moment.t_ms - 1) for moment in reopened])
        yield from source.complete_forms(sorted({moment.project for moment in reopened}))


def judge_together(source: FactSource, facts: list[Fact], as_of_ms: int) -> tuple[Verdicts, set[Completion]]:
    """The verdicts of a whole component, and the completions that are new or gone by them."""
    ids = {fact.id for fact in facts}
    projects = sorted({fact.project for fact in facts})
    keys = sorted({fact.key for fact in facts if not isinstance(fact, End)})
    known = set(source.completions(projects)) if projects else set()
    outside = {completion for completion in known if completion.form_id not in ids}
    seals = source.seals_of(keys) if keys else ()
    reopened = source.reopenings(projects) if projects else ()
    verdicts = fold(facts, seals, reopened, outside, as_of_ms=as_of_ms)
    return verdicts, (verdicts.completions() ^ known) - outside
