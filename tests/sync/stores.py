"""What stands on the server and on a device, read as another process would read it."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, select, text

from core.db.changes import head
from core.journals import pull
from core.visits.book import FactBook
from core.visits.facts import End, Form, Seal, Start
from core.visits.inforce import InForce
from core.visits.judging import Judge
from core.visits.models import EndNote, FactRow, FormRow, VisitRow
from core.visits.sources import admitted
from core.visits.verdict import fold
from core.visits.verdicts import form_row, visit_row
from core.wire.push import Cursor, PushAnswer
from sync.cache.rows import values_of
from tests.factories.devices import Kiosk
from tests.fakes.transport import FakeServer

Rows = dict[tuple[str, str], dict[str, Any] | None]
"""Rows by table and id."""
VERDICTS = (VisitRow, FormRow, EndNote)
WITHOUT_EFFECT = ("repeated", "tampered")


def missing(server: FakeServer, answer: PushAnswer) -> list[str]:
    """What an answer tells of that is not in the database."""
    with server.store.reading() as db:
        heads = set(db.scalars(text("SELECT hash FROM journal")))
        known = set(db.scalars(text("SELECT id FROM journal_entry")))
    told = [] if answer.head.hash in heads else [f"head {answer.head.dseq}"]
    return told + [one.id for one in answer.verdicts if one.id not in known]


def commits(server: FakeServer) -> int:
    """How many transactions the server has committed."""
    with server.store.reading() as db:
        return head(db.connection())[0]


def entries(server: FakeServer) -> Sequence[Row[Any]]:
    """Every entry that the server keeps, journal by journal, in order."""
    with server.store.reading() as db:
        return db.execute(
            text(
                "SELECT e.journal_id, e.dseq, e.id, e.text, e.hash, e.status, d.public_key FROM journal_entry e "
                "JOIN journal j ON j.id = e.journal_id JOIN device d ON d.id = j.device_id "
                "ORDER BY e.journal_id, e.dseq"
            )
        ).all()


def column(server: FakeServer, sql: str) -> set[Any]:
    """The values of a query of one column."""
    with server.store.reading() as db:
        return set(db.scalars(text(sql)))


def shown(server: FakeServer, device: Kiosk) -> Rows:
    """What the server shows a device, each row as the device keeps it."""
    return dict(_shown(server, device))


def _shown(server: FakeServer, device: Kiosk) -> Iterator[tuple[tuple[str, str], dict[str, Any] | None]]:
    with server.store.reading() as db:
        row = server.device(device.device_id)
        for scope in pull.scopes_of(db, row, server.store.now_ms(db)):
            page = pull.changes(db, server.vault, scope, Cursor(), 100_000)
            for one in page.rows:
                if one.row is not None:
                    plain = msgspec.json.decode(msgspec.json.encode(one.row))
                    yield (one.table, one.id), values_of(device.cache.synced[one.table], plain)


def cached(device: Kiosk) -> Rows:
    """The domain's rows on a device."""
    with device.cache.reading() as db:
        return {
            (name, row.id): dict(row._mapping)
            for name, table in device.cache.synced.items()
            for row in db.execute(select(table))
        }


def verdict_rows(server: FakeServer) -> dict[str, dict[str, dict[str, Any]]]:
    """The verdicts as they are written down, by table and id."""
    with server.store.reading() as db:
        return {
            model.__tablename__: {
                row.id: dict(row._mapping) for row in db.execute(select(model.__table__)).all()
            }
            for model in VERDICTS
        }


def whole_fold(server: FakeServer) -> dict[str, dict[str, dict[str, Any]]]:
    """The verdicts of one fold over every fact and seal, as they would be written down."""
    with server.store.reading() as db:
        connection, rows = db.connection(), db.execute(select(FactRow.__table__)).all()
        projects, persons = {row.project_id for row in rows}, {row.person_id for row in rows}
        devices = admitted(db, (row.device_id for row in rows))
        judge = Judge(InForce(connection, projects, persons), devices, rows)
        facts, book = judge.facts(rows), FactBook(connection)
        keys = sorted({fact.key for fact in facts if not isinstance(fact, End)})
        verdicts = fold(
            facts,
            book.seals_of(keys),
            book.reopenings(sorted(projects)),
            as_of_ms=server.store.now_ms(db),
        )
    visits = [
        visit_row(verdicts.visits[fact.id], fact, judge.distances)
        for fact in facts
        if isinstance(fact, Start)
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
    written = {"visit": visits, "feedback": forms, "end_note": notes}
    return {name: {row["id"]: row for row in rows} for name, rows in written.items()}


def wrong_times(server: FakeServer) -> list[str]:
    """Facts whose time no journal that holds them gives."""
    with server.store.reading() as db:
        found = db.scalars(
            text(
                "SELECT f.id FROM fact f WHERE EXISTS (SELECT 1 FROM journal_entry e WHERE e.id = f.id) "
                "AND NOT EXISTS (SELECT 1 FROM journal_entry e WHERE e.id = f.id AND e.t_ms = f.t_ms "
                "AND e.proof = f.proof)"
            )
        ).all()
    return [f"fact {fact} has another time than its journal gives it" for fact in found]


def seals(server: FakeServer) -> list[Seal]:
    """All seals, in sequence."""
    with server.store.reading() as db:
        rows = db.scalars(text("SELECT seal FROM seal ORDER BY seq")).all()
    return [msgspec.json.decode(row, type=Seal, strict=False) for row in rows]
