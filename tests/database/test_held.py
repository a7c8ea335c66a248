"""Entries of newer programs wait on the server, and are carried out in their place once it knows them."""

from pathlib import Path

import pytest
from sqlalchemy import select

import core.command
from core.clock import from_ms
from core.command import CommandSpec
from core.journals import held
from core.journals.models import JournalEntry
from core.visits.commands import VisitEnded, VisitStarted
from core.visits.models import EndNote, VisitRow
from core.wire.codec import encode_command
from core.wire.envelope import EntryActor
from tests.factories.kiosk import Kiosk
from tests.factories.server import ServerParts
from tests.factories.site import FACE, INSIDE
from tests.factories.world import World
from tests.fakes.clock import FakeClock

NEWER = ("visits.start", 7)


def upgrade(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on this program knows version 7 of a start; it says the same as version 1."""
    spec = CommandSpec(*NEWER, "开始执业", "visit.attend", "visits", "fact", VisitStarted)
    monkeypatch.setitem(core.command._SPECS, NEWER, spec)


def statuses(server: ServerParts) -> list[str]:
    with server.bus.store.reading() as db:
        wanted = select(JournalEntry.status).where(~JournalEntry.text.contains('"time.'))
        return list(db.scalars(wanted.order_by(JournalEntry.dseq)))


@pytest.mark.rule("S-18")
def test_what_was_held_is_carried_out_in_its_place(
    server: ServerParts, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verdict is a function of all facts and seals, not of their order of arrival."""
    project, person = world.projects[0], world.members[0]
    kiosk = Kiosk(tmp_path, server, world, FakeClock(from_ms(server.clock.true_ms)))
    kiosk.anchor()
    start = VisitStarted(project_id=project, person_id=person, claims=True, face=FACE, fix=INSIDE)
    actor = EntryActor(kind="person", id=person)
    entry = kiosk.journal.append(*NEWER, encode_command(start), actor, sealed=None)
    foreign = kiosk.journal.append(*NEWER, encode_command(start), EntryActor(kind="account", id=person))
    unknown = kiosk.journal.append("visits.else", 1, b"{}", actor)
    for clock in (kiosk.clock, server.clock):
        clock.advance(minutes=90)
    end = kiosk.write(VisitEnded(project_id=project, person_id=person, face=FACE, fix=INSIDE), person)
    answer = kiosk.push()
    assert answer is not None
    told = {one.id: one for one in answer.verdicts}
    assert answer.held == [entry.id, foreign.id, unknown.id]
    assert [told[one.id].status for one in (entry, foreign, unknown, end)] == ["held"] * 3 + ["void"]
    assert told[entry.id].sentence
    assert held.carry_out(server.bus) == 0

    server.clock.advance(days=3)
    upgrade(monkeypatch)
    assert held.carry_out(server.bus) == 2
    assert statuses(server) == ["recorded", "void", "held", "recorded"]
    with server.bus.store.reading() as db:
        row = db.get_one(VisitRow, entry.id)
        assert (row.state, row.counted_s, row.proof, row.end_id) == ("valid", 5400, "proven", end.id)
        assert db.scalars(select(EndNote)).all() == []
    assert held.carry_out(server.bus) == 0
    kiosk.position = 0
    again = kiosk.push()
    assert again is not None and again.held == [unknown.id]
    assert {one.status for one in again.verdicts} == {"repeated"}
