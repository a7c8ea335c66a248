"""What must be true when all is drained: every accepted fact is there once and counted once, and everybody agrees."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.audit.queries import verify
from core.devices.models import Device
from core.journals import pull
from core.wire.chain import broken_at, link
from core.wire.envelope import genesis
from core.wire.push import Cursor, Head
from server.state import State
from sync.cache.rows import values_of
from sync.cache.tables import PROVISIONAL
from sync.device import Device as Installation

_ENTRIES = (
    "SELECT e.journal_id, e.id, e.text, e.hash, e.status, d.public_key FROM journal_entry e "
    "JOIN journal j ON j.id = e.journal_id JOIN device d ON d.id = j.device_id ORDER BY e.journal_id, e.dseq"
)


def lost_and_twice(state: State, accepted: Iterable[str]) -> tuple[list[str], list[str]]:
    """Which of these facts the server lacks, and which it has, counts or logs more than once."""
    with state.store.reading() as db:
        entries = Counter(db.scalars(text("SELECT id FROM journal_entry WHERE status <> 'repeated'")))
        logged = Counter(db.scalars(text("SELECT command_id FROM audit_log")))
        facts = Counter(db.scalars(text("SELECT id FROM fact UNION ALL SELECT id FROM attempt")))
    wanted = sorted(accepted)
    lost = [one for one in wanted if not (entries[one] and logged[one] and facts[one])]
    twice = [one for one, times in Counter(wanted).items() if times > 1]
    twice += [one for one in wanted if max(entries[one], logged[one], facts[one]) > 1]
    return lost, twice


def check_server(state: State) -> None:
    """The server's chains are whole, and each fact counts where it belongs and nowhere else."""
    with state.store.reading() as db:
        assert verify(db) is None, "the audit log's chain is broken"
        _check_chains(db)
        _check_counted(db)


def check_device(state: State, device: Installation) -> None:
    """All that the device holds is on the server, photos too, and it shows what the server shows it, row by row."""
    journal = device.journals.here().journal
    assert journal.broken() is None, "the journal's chain is broken"
    with state.store.reading() as db:
        head = db.execute(text("SELECT dseq, hash FROM journal WHERE id = :id"), {"id": journal.id}).one()
        assert (head.dseq, head.hash) == (journal.head().dseq, journal.head().hash)
        expected = dict(_shown(state, db, device))
    absent = [digest for digest in device.outbox.waiting() if state.blobs.size(digest) is None]
    assert absent == [], "a photo did not reach the server"
    with device.cache.reading() as cached:
        assert cached.execute(select(PROVISIONAL)).first() is None
        found = {
            (name, row.id): dict(row._mapping)
            for name, table in device.cache.synced.items()
            for row in cached.execute(select(table))
        }
    assert found == expected


def _check_chains(db: Session) -> None:
    rows = db.execute(text(_ENTRIES)).all()
    for journal in {row.journal_id for row in rows}:
        mine = [row for row in rows if row.journal_id == journal]
        start = Head(dseq=0, hash=genesis(journal, bytes.fromhex(mine[0].public_key)))
        links = [link(row.text.encode()) for row in mine]
        assert broken_at(start, journal, links) is None, "a journal's chain on the server is broken"
        assert [one.hash for one in links] == [row.hash for row in mine]


def _check_counted(db: Session) -> None:
    """No row without its fact, no fact without its row, and the contact is told once of each form that counts."""
    for table, kind in (("visit", "S"), ("feedback", "F")):
        rows = sorted(db.scalars(text(f"SELECT id FROM {table}")))
        found = sorted(db.scalars(text("SELECT id FROM fact WHERE kind = :kind"), {"kind": kind}))
        assert rows == found, table
    ended = Counter(db.scalars(text("SELECT end_id FROM visit WHERE end_id IS NOT NULL")))
    assert all(times == 1 for times in ended.values()), "an end ends two visits"
    told = Counter(db.scalars(text("SELECT subject_id FROM message WHERE kind = 'feedback'")))
    assert all(times == 1 for times in told.values()), "the contact was told twice"
    assert set(db.scalars(text("SELECT id FROM feedback WHERE note IS NULL"))) <= told.keys()


def _shown(state: State, db: Session, device: Installation) -> Iterator[tuple[tuple[str, str], Any]]:
    row = db.get_one(Device, device.pairing.device_id)
    for scope in pull.scopes_of(db, row, state.store.now_ms(db)):
        page = pull.changes(db, state.vault, scope, Cursor(), 1_000_000)
        assert not page.more
        for one in page.rows:
            if one.row is not None:
                values = msgspec.json.decode(msgspec.json.encode(one.row))
                yield (one.table, one.id), values_of(device.cache.synced[one.table], values)
