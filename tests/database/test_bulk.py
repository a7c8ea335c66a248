"""Many rows by one statement are the rows that the toolkit's own way would have written."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from core.audit.models import AuditSalt
from core.db.base import table_for
from core.db.bulk import write_rows
from core.visits.models import VisitRow
from tests.factories.server import ServerParts

TABLE = table_for(VisitRow)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
numbers = st.integers(0, 2**53)
rows = st.fixed_dictionaries(
    {
        "id": st.sampled_from("abcdef"), "project_id": texts, "person_id": texts, "day": texts,
        "started_ms": numbers, "ended_ms": st.none() | numbers, "end_id": st.none() | texts,
        "closed_by": st.none(), "closed_ms": st.none() | numbers, "state": texts,
        "reasons": st.lists(texts, max_size=3), "rule": st.none() | texts, "counted_s": st.integers(0, 10**6),
        "corrections": st.lists(texts, max_size=2), "proof": texts, "claims": st.booleans(),
        "start_distance_m": st.none() | st.floats(0, 1e6), "end_distance_m": st.none(),
    }
)  # fmt: skip
many = st.lists(rows, max_size=6, unique_by=lambda row: row["id"])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(many, many)
def test_rows_come_back_as_they_were_written(
    server: ServerParts, first: list[dict[str, Any]], then: list[dict[str, Any]]
) -> None:
    with server.bus.store.writing() as db:
        db.execute(delete(TABLE))
        write_rows(db.connection(), TABLE, first)
        write_rows(db.connection(), TABLE, then, "update")
        found = {row.id: dict(row._mapping) for row in db.execute(select(TABLE))}
        assert found == {row["id"]: row for row in (*first, *then)}
        db.rollback()


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows, rows)
def test_only_what_is_named_is_brought_up_to_date(
    server: ServerParts, first: dict[str, Any], then: dict[str, Any]
) -> None:
    later = then | {"id": first["id"]}
    with server.bus.store.writing() as db:
        db.execute(delete(TABLE))
        db.execute(insert(TABLE), [first])
        write_rows(db.connection(), TABLE, [later], "update", updates=("state", "reasons"))
        found = dict(db.execute(select(TABLE)).one()._mapping)
        assert found == first | {"state": later["state"], "reasons": later["reasons"]}
        db.rollback()


def test_a_doubled_key_is_an_error(server: ServerParts) -> None:
    row = {column.name: "x" for column in TABLE.columns if not column.nullable}
    row |= {"started_ms": 1, "reasons": [], "counted_s": 0, "corrections": [], "claims": False}
    with pytest.raises(IntegrityError), server.bus.store.writing() as db:
        write_rows(db.connection(), TABLE, [row, row])


@given(st.binary(max_size=40))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_come_back_as_they_were_written(server: ServerParts, salt: bytes) -> None:
    table = table_for(AuditSalt)
    with server.bus.store.writing() as db:
        db.execute(delete(table))
        write_rows(db.connection(), table, [{"seq": 1, "salt": salt}, {"seq": 2, "salt": b"\\x00"}])
        assert dict(db.execute(select(table.c.seq, table.c.salt)).all()) == {1: salt, 2: b"\\x00"}
        db.rollback()
