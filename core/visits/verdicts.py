"""Writes verdicts down: the visit, form and note rows that differ from what stands there, each stamped."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, select, text

from core.context import Context
from core.db.base import project_scope, table_for
from core.db.batches import listed, table_of
from core.db.bulk import write_rows
from core.visits.facts import Fact, Form, Start
from core.visits.models import EndNote, FormRow, VisitRow
from core.visits.outcome import Verdicts


@dataclass(slots=True)
class Written:
    """What changed: projects to look at again, and forms that count now and did not before."""

    projects: set[str] = field(default_factory=set)
    newly_counting: list[tuple[str, str]] = field(default_factory=list)


def visit_row(visit: Any, fact: Start, distances: Mapping[str, float | None]) -> dict[str, Any]:
    """A visit's verdict as its row."""
    end_distance = distances.get(visit.end_id) if visit.end_id else None
    return {
        "id": visit.id, "project_id": visit.project, "person_id": visit.person, "day": visit.day,
        "started_ms": visit.started_ms, "ended_ms": visit.ended_ms, "end_id": visit.end_id,
        "closed_by": visit.closed_by, "closed_ms": visit.closed_ms, "state": visit.state.value,
        "reasons": [reason.value for reason in visit.reasons], "rule": visit.rule,
        "counted_s": visit.counted_seconds, "corrections": list(visit.corrections), "proof": visit.proof,
        "claims": fact.claims, "start_distance_m": distances.get(visit.id), "end_distance_m": end_distance,
    }  # fmt: skip


def form_row(form: Form, verdicts: Verdicts) -> dict[str, Any]:
    """A form's verdict as its row: without a note it is the one that counts."""
    note, counting = verdicts.notes.get(form.id), verdicts.forms.get(form.key)
    completes = counting is not None and counting.id == form.id and counting.completes
    return {
        "id": form.id, "project_id": form.project, "person_id": form.person, "day": form.day,
        "submitted_ms": form.t_ms, "note": note.kind.value if note else None, "rule": note.rule if note else None,
        "complete": form.complete, "completes": completes, "office": form.office,
    }  # fmt: skip


def write(
    ctx: Context, facts: Sequence[Fact], verdicts: Verdicts, distances: Mapping[str, float | None]
) -> Written:
    """Brings the rows of these facts in line with their verdicts."""
    written = Written()
    visits = [
        visit_row(verdicts.visits[fact.id], fact, distances)
        for fact in facts
        if isinstance(fact, Start) and fact.id in verdicts.visits
    ]
    forms = [form_row(fact, verdicts) for fact in facts if isinstance(fact, Form)]
    notes = [
        {
            "id": fact.id,
            "project_id": fact.project,
            "person_id": fact.person,
            "note": note.kind.value,
            "rule": note.rule,
        }
        for fact in facts
        if not isinstance(fact, Form) and (note := verdicts.notes.get(fact.id))
    ]
    _upsert(ctx, table_for(VisitRow), visits)
    before = _upsert(ctx, table_for(FormRow), forms)
    _upsert(ctx, table_for(EndNote), notes)
    _drop_notes(ctx, [fact for fact in facts if not isinstance(fact, Form) and fact.id not in verdicts.notes])
    for row in forms:
        known = before.get(row["id"])
        if row["note"] is None and (known is None or known["note"] is not None):
            written.newly_counting.append((row["project_id"], row["id"]))
        if row["completes"] != (known is not None and known["completes"]):
            written.projects.add(row["project_id"])
    return written


def _current(db: Connection, table: Table, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    wanted = text(f"SELECT wanted FROM {table_of(db, 'ids', [('wanted', 'text')])} AS w")  # noqa: S608
    rows = db.execute(select(table).where(table.c.id.in_(wanted)), {"ids": listed(list(ids))})
    return {row.id: dict(row._mapping) for row in rows}


def _upsert(ctx: Context, table: Table, rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Writes the rows that differ, set-wise; returns what stood there before."""
    if not rows:
        return {}
    db = ctx.db.connection()
    before = _current(db, table, [row["id"] for row in rows])
    changed = [row for row in rows if before.get(row["id"]) != row]
    write_rows(db, table, changed, "update")
    for row in changed:
        ctx.stamps.touch(str(table.name), row["id"], (project_scope(row["project_id"]),))
    return before


def _drop_notes(ctx: Context, facts: Sequence[Fact]) -> None:
    """Removes notes that no longer hold, such as an end that a late start made good."""
    db = ctx.db.connection()
    table = table_for(EndNote)
    stale = _current(db, table, [fact.id for fact in facts]) if facts else {}
    if not stale:
        return
    db.execute(text("DELETE FROM end_note WHERE id = :id"), [{"id": note_id} for note_id in stale])
    for note_id, row in stale.items():
        ctx.stamps.touch("end_note", note_id, (project_scope(row["project_id"]),), gone=True)
