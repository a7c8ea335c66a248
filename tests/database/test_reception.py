"""What a kiosk pushes arrives once, in its trusted time, with its personal part sealed to the subject."""

from pathlib import Path

import pytest
from sqlalchemy import select, text

from core.clock import from_ms
from core.errors import NotAllowed, NotHere
from core.journals import sealed
from core.journals.models import SealedPart
from core.visits.commands import VisitEnded, VisitStarted
from core.visits.models import VisitRow
from core.wire.push import PushRequest
from tests.factories.kiosk import Kiosk
from tests.factories.server import ServerParts
from tests.factories.site import FACE, INSIDE, at
from tests.factories.world import World
from tests.fakes.clock import FakeClock


@pytest.fixture
def kiosk(server: ServerParts, world: World, tmp_path: Path) -> Kiosk:
    """A kiosk whose clock agrees with the server's, on Friday at nine."""
    clock = FakeClock(from_ms(server.clock.true_ms))
    return Kiosk(tmp_path, server, world, clock)


def visit(server: ServerParts, visit_id: str) -> VisitRow | None:
    """A visit row."""
    with server.bus.store.reading() as db:
        return db.get(VisitRow, visit_id)


def both(kiosk: Kiosk, **time: int) -> None:
    """Lets time pass on both machines."""
    kiosk.clock.advance(**time)
    kiosk.server.clock.advance(**time)


def started(world: World) -> VisitStarted:
    return VisitStarted(
        project_id=world.projects[0], person_id=world.members[0], claims=True, face=FACE, fix=INSIDE
    )


def ended(world: World) -> VisitEnded:
    return VisitEnded(project_id=world.projects[0], person_id=world.members[0], face=FACE, fix=INSIDE)


@pytest.mark.rule("S-11", "S-13")
def test_a_moved_clock_gains_nothing(server: ServerParts, world: World, kiosk: Kiosk) -> None:
    """The trusted time never derives from the moment of arrival. A clock moved by hand gains nobody time."""
    kiosk.anchor()
    both(kiosk, minutes=5)
    start = kiosk.write(started(world), world.members[0])
    kiosk.clock.move_wall(6 * 3_600_000)
    both(kiosk, minutes=30)
    kiosk.write(ended(world), world.members[0])
    both(kiosk, days=3)
    kiosk.push()
    row = visit(server, start.id)
    assert row is not None
    assert (row.state, row.counted_s, row.proof) == ("valid", 1800, "proven")


@pytest.mark.rule("S-11")
def test_the_next_anchor_proves_what_came_before_it(server: ServerParts, world: World, kiosk: Kiosk) -> None:
    """*Proven*: same boot as an anchor; otherwise 待核实 until one comes."""
    start = kiosk.write(started(world), world.members[0])
    both(kiosk, minutes=20)
    kiosk.write(ended(world), world.members[0])
    kiosk.push()
    before = visit(server, start.id)
    assert before is not None and before.state == "pending"
    kiosk.anchor()
    kiosk.push()
    after = visit(server, start.id)
    assert after is not None and (after.state, after.counted_s) == ("valid", 1200)


def test_the_same_push_twice_is_one(server: ServerParts, world: World, kiosk: Kiosk) -> None:
    kiosk.anchor()
    kiosk.write(started(world), world.members[0])
    first = kiosk.push()
    kiosk.position = 0
    again = kiosk.push()
    assert first is not None and again is not None
    assert again.head == first.head and {v.status for v in again.verdicts} == {"repeated"}
    with server.bus.store.reading() as db:
        assert db.scalar(text("SELECT count(*) FROM fact")) == 1


@pytest.mark.rule("D-1")
def test_a_push_of_another_key_is_refused(server: ServerParts, world: World, kiosk: Kiosk) -> None:
    """A device … has its own key pair, is admitted by a manager and can be revoked."""
    request = kiosk.journal.push_request(0)
    assert request is not None
    forged = PushRequest(
        journal=request.journal, entries=request.entries, head=request.head, signature="00" * 64
    )
    from core.devices.models import Device
    from core.journals.reception import receive

    with server.bus.store.reading() as db:
        device = db.get_one(Device, kiosk.id)
    with pytest.raises(NotAllowed, match="signature"):
        receive(server.bus, server.keys, device, forged)


@pytest.mark.rule("D-2")
def test_the_sealed_part_is_read_by_the_subject_key_and_erased_with_it(
    server: ServerParts, world: World, kiosk: Kiosk
) -> None:
    """Erasure destroys the subject's key, while visits, hashes and chains stay."""
    kiosk.anchor()
    person = world.members[0]
    entry = kiosk.write(started(world), person, sealed={"score": 0.71, "marker": "MARKER-姓名"})
    kiosk.push()
    vault = server.bus._vault
    assert vault is not None
    with server.bus.store.writing() as db:
        assert sealed.read(db, vault, entry.id)["marker"] == "MARKER-姓名"
        assert b"MARKER" not in db.scalars(select(SealedPart.box)).one()
        vault.erase(db, person)
    with server.bus.store.reading() as db, pytest.raises(NotHere):
        sealed.read(db, vault, entry.id)
    row = visit(server, entry.id)
    assert row is not None and at("00:00") < row.started_ms


@pytest.mark.rule("S-11", "U-1")
def test_a_tampered_entry_moves_nothing(server: ServerParts, world: World, kiosk: Kiosk) -> None:
    """The same id with other content is tampering: when an anchor proves its time, it is no fact's time."""
    start = kiosk.write(started(world), world.members[0])
    both(kiosk, hours=2)
    other = kiosk.write(started(world), world.members[1])
    kiosk.push()
    with server.bus.store.writing() as db:
        told = {"id": start.id, "other": other.id}
        db.execute(text("UPDATE journal_entry SET id = :id, status = 'tampered' WHERE id = :other"), told)
    kiosk.anchor()
    kiosk.push()
    after = visit(server, start.id)
    assert after is not None and after.proof == "proven"
    assert after.started_ms == start.entry.time.wall_ms
