"""The book's questions on SQLite go by an index each: a long history must not make them slower."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, select, text
from sqlalchemy.orm import Session

import core.catalogue  # noqa: F401  (loads every table)
from core.clock import SystemClock
from core.context import Actor, Context
from core.db.engine import server_engine
from core.db.store import Store
from core.journals.held import waiting
from core.journals.pull import heads_of
from core.visits.book import FactBook
from core.visits.grounds import OWNERS, later_facts
from core.visits.models import VisitRow, is_open

QUESTIONS = {
    "whole": ["a"],
    "known": ["a"],
    "of_ids": ["a"],
    "of_persons": [("a", 0, 1)],
    "of_days": [("a", "2026-03-02")],
    "previous_starts": [("a", "b", 1)],
    "late_ends": [("a", "b", 1)],
    "starts_after": [("a", 1)],
    "seals_of": [("a", "2026-03-02")],
    "completions": ["a"],
    "complete_forms": ["a"],
    "reopenings": ["a"],
}


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Connection]:
    store = Store(server_engine(f"sqlite:///{tmp_path / 'plans.db'}"), SystemClock())
    store.create_tables()
    with store.reading() as session:
        yield session.connection()
    store.close()


def plan(db: Connection, statement: str, parameters: Any) -> list[str]:
    return [row[3] for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]


def plans_of(db: Connection, ask: Callable[[], object]) -> list[str]:
    """How SQLite would answer what is asked there."""
    asked: list[tuple[str, Any]] = []

    @event.listens_for(db, "before_cursor_execute")
    def hear(_db: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    ask()
    event.remove(db, "before_cursor_execute", hear)
    assert asked
    return [line for statement, parameters in asked for line in plan(db, statement, parameters)]


def plans(db: Connection, question: str) -> list[str]:
    """How SQLite would answer what the book asks in this method."""
    return plans_of(db, lambda: getattr(FactBook(db), question)(QUESTIONS[question]))


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_reads_a_whole_table(db: Connection, question: str) -> None:
    for line in plans(db, question):
        assert not line.startswith("SCAN") or "json_each" in line, line


def test_what_completes_is_found_without_the_forms_that_do_not(db: Connection) -> None:
    assert any("ix_feedback_completes" in line for line in plans(db, "completions"))
    assert any("ix_fact_complete" in line for line in plans(db, "complete_forms"))


def test_who_is_there_is_found_without_the_visits_that_are_over(db: Connection) -> None:
    asked = select(VisitRow.id).where(VisitRow.person_id == "a", is_open())
    found = plan(db, str(asked.compile(compile_kwargs={"literal_binds": True})), ())
    assert any("ix_visit_open_person" in line for line in found)
    overdue = text("SELECT id FROM visit WHERE state = 'open' AND started_ms < 5")
    assert any("ix_visit_open_started" in line for line in plan(db, str(overdue), ()))


def test_where_scopes_stand_is_one_look_at_an_index_for_each(db: Connection) -> None:
    found = plans_of(db, lambda: heads_of(Session(db), ["a", "b"]))
    assert any("SEARCH r USING COVERING INDEX ix_row_change_scope_seq (scope=?)" in line for line in found)


@pytest.mark.parametrize("table", OWNERS)
def test_what_a_change_finds_told_already_is_looked_up_by_its_owner(db: Connection, table: str) -> None:
    ctx = Context(Session(db), 5, Actor("job"))
    for line in plans_of(db, lambda: later_facts(ctx, table, {"a"})):
        assert not line.startswith("SCAN") or "json_each" in line or line == "SCAN o", line


def test_what_waits_is_found_without_the_journals(db: Connection) -> None:
    found = plans_of(db, lambda: waiting(Session(db), "a"))
    assert any("ix_journal_entry_waits" in line for line in found), found
