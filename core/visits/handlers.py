"""The plural handlers of facts about visits: insert set-wise, re-judge what is connected, never refuse (S-18)."""

from collections.abc import Sequence

from sqlalchemy import insert, text

from core.bus import Fact
from core.clock import day_of_ms
from core.command import FactOutcome, handles, records, retimes
from core.context import Context
from core.db.base import project_scope
from core.db.batches import listed, table_of
from core.visits.book import FactBook
from core.visits.commands import (
    AttemptFailed,
    CloseOvertime,
    FormSubmitted,
    VisitEnded,
    VisitStarted,
)  # fmt: skip
from core.visits.models import Attempt
from core.visits.outcome import Verdicts, VerdictState
from core.visits.rejudge import rejudge
from core.visits.rows import fact_row
from core.visits.wording import reason_of, reason_of_note

DAY_MS = 24 * 3_600_000


@records(VisitStarted, VisitEnded, FormSubmitted)
def record_facts(ctx: Context, facts: Sequence[Fact]) -> list[FactOutcome]:
    """Inserts the facts that are new and re-folds everything that they are connected to."""
    book = FactBook(ctx.db.connection())
    known = book.known(fact.id for fact in facts)
    fresh = {fact.id: fact for fact in facts if fact.id not in known}
    rows = [fact_row(ctx, fact) for fact in fresh.values()]
    for row in rows:
        ctx.stamps.touch("fact", row["id"], (project_scope(row["project_id"]),))
    verdicts = rejudge(ctx, rows).verdicts if rows else Verdicts()
    return [_outcome(fact, fact.id in fresh, verdicts) for fact in facts]


def _outcome(fact: Fact, fresh: bool, verdicts: Verdicts) -> FactOutcome:
    if not fresh:
        return FactOutcome(fact.id, "repeated")
    visit, note = verdicts.visits.get(fact.id), verdicts.notes.get(fact.id)
    if visit is not None and visit.state is VerdictState.INVALID:
        rule = visit.rule or "S-18"
        return FactOutcome(fact.id, "void", rule, f"{visit.state.zh}：{reason_of(rule)}")
    if note is not None:
        reason = reason_of_note(note.rule, form=isinstance(fact.command, FormSubmitted))
        return FactOutcome(fact.id, "void", note.rule, f"{note.kind.zh}：{reason}")
    return FactOutcome(fact.id, "recorded")


@records(AttemptFailed)
def record_attempts(ctx: Context, facts: Sequence[Fact]) -> list[FactOutcome]:
    """Keeps refused check-ins (S-3)."""
    if ctx.on_device:
        return [FactOutcome(fact.id, "recorded") for fact in facts]
    connection = ctx.db.connection()
    wanted = table_of(connection, "ids", [("wanted", "text")])
    statement = f"SELECT a.id FROM {wanted} AS w JOIN attempt AS a ON a.id = w.wanted"  # noqa: S608
    known = {row.id for row in connection.execute(text(statement), {"ids": listed([f.id for f in facts])})}
    fresh = {fact.id: fact for fact in facts if fact.id not in known}
    rows = [_attempt_row(fact) for fact in fresh.values()]
    if rows:
        connection.execute(insert(Attempt), rows)
    return [FactOutcome(fact.id, "recorded" if fact.id in fresh else "repeated") for fact in facts]


def _attempt_row(fact: Fact) -> dict[str, object]:
    command = fact.command
    if not isinstance(command, AttemptFailed):
        raise TypeError(f"not an attempt: {type(command).__name__}")
    return {
        "id": fact.id, "project_id": command.project_id, "device_id": fact.device_id, "t_ms": fact.t_ms,
        "proof": fact.proof, "action": command.action, "reason": command.reason[:40],
    }  # fmt: skip


@retimes
def retime_facts(ctx: Context, changed: Sequence[tuple[str, int, str]]) -> None:
    """The next anchor proved better times: facts move, and what they touch at both times is re-judged (S-11)."""
    book = FactBook(ctx.db.connection())
    known = {row.id: row for row in book.whole([fact_id for fact_id, _ms, _proof in changed])}
    moved = {}
    for fact_id, ms, proof in changed:
        row = known.get(fact_id)
        if row is not None:
            day = day_of_ms(ms).isoformat() if row.kind == "S" else row.day
            moved[fact_id] = dict(row._mapping) | {"t_ms": ms, "proof": proof, "day": day}
            ctx.stamps.touch("fact", fact_id, (project_scope(row.project_id),))
    if moved:
        rejudge(ctx, list(moved.values()))


@handles(CloseOvertime)
def close_overtime(ctx: Context, _command: CloseOvertime) -> dict[str, int]:
    """Lets the fold close what is still open after 24 hours (S-8)."""
    rows = ctx.db.connection().execute(
        text("SELECT id FROM visit WHERE state = 'open' AND started_ms < :limit"),
        {"limit": ctx.now_ms - DAY_MS},
    )
    ids = [row.id for row in rows]
    if ids:
        rejudge(ctx, seeds=ids)
    return {"closed": len(ids)}
