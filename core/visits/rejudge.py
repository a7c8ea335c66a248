"""Re-judges what is connected to some facts in the database, and writes down what changed, with its consequences."""

from collections.abc import Sequence
from operator import itemgetter
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from core.context import Context
from core.messages import inbox
from core.projects.lifecycle import shown
from core.projects.models import Project
from core.visits import verdicts as rows_of
from core.visits.book import BARE, FactBook, bare, put_facts
from core.visits.facts import Fact
from core.visits.inforce import InForce
from core.visits.judging import Judge
from core.visits.outcome import DayKey, Verdicts
from core.visits.refold import Refolded, judge_together, refold
from core.visits.sources import admitted

_BARE = itemgetter(*BARE)


def rejudge(
    ctx: Context,
    new: Sequence[dict[str, Any]] = (),
    *,
    seeds: Sequence[str] = (),
    days: Sequence[DayKey] = (),
) -> Refolded:
    """Judges new fact rows, no two of one fact, known facts by id, or sealed days, with all that is connected to them.

    A new row may be of a known fact whose time got better (S-11).
    """
    return _Rejudging(ctx, new).run(seeds, days)


class _Rejudging:
    """One pass over a component: what is read on the way is kept, so that it is read once."""

    def __init__(self, ctx: Context, new: Sequence[dict[str, Any]]) -> None:
        self._ctx = ctx
        self._new = new
        self._rows: dict[str, Any] = {row["id"]: SimpleNamespace(**row) for row in new}
        self._book = FactBook(ctx.db.connection(), sealed=not ctx.on_device)
        self._distances: dict[str, float | None] = {}

    def run(self, seeds: Sequence[str], days: Sequence[DayKey]) -> Refolded:
        """Folds, then writes facts and verdicts."""
        known = self._book.of_ids(seeds) if seeds else ()
        fresh = [bare(_BARE(row)) for row in self._new]
        now = self._ctx.now_ms
        result = refold(self._book, fresh, days=days, seeds=known, judge=self._judge, as_of_ms=now)
        put_facts(self._ctx.db.connection(), self._new)
        self._write(result)
        return result

    def _judge(self, facts: list[Fact]) -> list[Fact]:
        """Says of each fact what it breaks by the rows in force at its time."""
        missing = [fact.id for fact in facts if fact.id not in self._rows]
        self._rows |= {row.id: row for row in self._book.whole(missing)} if missing else {}
        rows = [self._rows[fact.id] for fact in facts]
        projects, persons = {fact.project for fact in facts}, {fact.person for fact in facts}
        devices = admitted(self._ctx.db, (row.device_id for row in rows))
        judge = Judge(InForce(self._ctx.db.connection(), projects, persons), devices, rows)
        judged = judge.facts(rows)
        self._distances = judge.distances
        return judged

    def _write(self, result: Refolded) -> None:
        facts = self._differing(result) if self._ctx.on_device else result.facts
        written = rows_of.write(self._ctx, facts, result.verdicts, self._distances)
        if not self._ctx.on_device:
            inbox.push(self._ctx, inbox.FEEDBACK, written.newly_counting)
        show_states(self._ctx, written.projects)

    def _differing(self, result: Refolded) -> list[Fact]:
        """On a device: only what its unanswered facts change; elsewhere the server's verdict stays shown."""
        pending = {fact.id for fact in result.facts if self._rows[fact.id].pending}
        answered = [fact for fact in result.facts if fact.id not in pending]
        before: Verdicts = judge_together(self._book, answered, self._ctx.now_ms)[0]
        after = result.verdicts
        return [
            fact
            for fact in result.facts
            if fact.id in pending
            or after.visits.get(fact.id) != before.visits.get(fact.id)
            or after.notes.get(fact.id) != before.notes.get(fact.id)
        ]


def show_states(ctx: Context, projects: set[str]) -> None:
    """Moves projects between 已提交 and 已执业 as their counting forms say (J-7)."""
    if not projects:
        return
    book = FactBook(ctx.db.connection())
    done, reopened = book.completions(sorted(projects)), book.reopenings(sorted(projects))
    for project in ctx.db.scalars(select(Project).where(Project.id.in_(projects))):
        since = max((moment.t_ms for moment in reopened if moment.project == project.id), default=0)
        complete = any(form.project == project.id and form.t_ms >= since for form in done)
        project.state = shown(project.base_state, complete=complete)
