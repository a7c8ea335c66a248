"""Where a position may come from, and whether a face was alive: the gate and the verdict ask the same rules."""

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from core.command import gate_of
from core.context import Actor, Context
from core.devices.models import Device
from core.errors import DomainError
from core.geo.fix import FIXED, REPLAYED
from core.ids import new_id
from core.visits.commands import FixEntry
from core.visits.models import EndNote, VisitRow
from tests.factories.server import ServerParts
from tests.factories.site import FACE, INSIDE, at, end, record, start
from tests.factories.world import SITE, World

CARRIED, FIXED_HERE, FIXED_AFAR, DEMO = (None, None), SITE, (SITE[0] + 0.02, SITE[1]), "demo"
STILL = replace(FACE, liveness="demo-still")


def admit(server: ServerParts, world: World, what: object) -> str:
    """A kiosk that was paired so."""
    lat, lon = what if isinstance(what, tuple) else (None, None)
    row = Device(
        id=new_id(), agency_id=world.agency, kind="kiosk", name="平板", public_key=new_id().replace("-", "") * 2,
        key_source="file", still_for_live=what == DEMO, fixed_lat=lat, fixed_lon=lon, admitted_ms=0,
    )  # fmt: skip
    with server.bus.store.writing() as db:
        db.add(row)
    return row.id


def gate_says(server: ServerParts, device: str, command: object, t_ms: int) -> str | None:
    """The rule that the gate of this device names."""
    with server.bus.store.reading() as db:
        ctx = Context(db, t_ms, Actor("device", device), device, True)
        try:
            gate_of(type(command))(ctx, command)  # type: ignore[arg-type]
        except DomainError as refusal:
            assert refusal.sentence and refusal.hint
            return refusal.rule
    return None


def visit(server: ServerParts, visit_id: str) -> VisitRow:
    with server.bus.store.reading() as db:
        return db.get_one(VisitRow, visit_id)


@pytest.mark.rule("S-4")
@pytest.mark.parametrize(
    ("device", "source", "metres", "rule"),
    [
        (FIXED_HERE, FIXED, 0, None),
        (FIXED_HERE, FIXED, 6, None),
        (FIXED_HERE, FIXED, 60, "S-4"),
        (FIXED_AFAR, FIXED, 0, "S-4"),
        (CARRIED, FIXED, 0, "S-4"),
        (DEMO, FIXED, 0, "S-4"),
        (CARRIED, "gps", 0, None),
        (FIXED_AFAR, "gps", 0, None),
        (CARRIED, REPLAYED, 0, "S-4"),
        (FIXED_HERE, REPLAYED, 0, "S-4"),
        (DEMO, REPLAYED, 0, None),
    ],
)
def test_a_position_counts_only_from_a_source_that_the_device_was_admitted_with(
    server: ServerParts, world: World, device: object, source: str, metres: float, rule: str | None
) -> None:
    """The position is the tablet's, or the registered position of a kiosk that is fixed at the site."""
    project, person, kiosk = world.projects[0], world.members[0], admit(server, world, device)
    fix = FixEntry(lat=SITE[0] + metres / 111_000, lon=SITE[1], accuracy_m=5.0, age_ms=0, source=source)  # type: ignore[arg-type]
    began = replace(start(person, project, at("09:00"), fix), device_id=kiosk)
    assert gate_says(server, kiosk, began.command, began.t_ms) == rule
    record(server.bus, began)
    row = visit(server, began.id)
    assert (row.state == "invalid", row.rule) == (rule is not None, rule)


@pytest.mark.rule("S-7")
def test_an_end_with_a_position_that_its_device_can_not_know_waits_for_a_decision(
    server: ServerParts, world: World
) -> None:
    """A position that can't be had: 待核实."""
    project, person, kiosk = world.projects[0], world.members[0], admit(server, world, CARRIED)
    fix = replace(INSIDE, source=FIXED)
    began = start(person, project, at("09:00"))
    record(server.bus, began, replace(end(person, project, at("11:00"), fix), device_id=kiosk))
    row = visit(server, began.id)
    assert (row.state, row.rule, row.counted_s) == ("pending", "S-7", 0)


@pytest.mark.rule("S-3", "S-7")
def test_a_still_picture_ends_no_visit_but_in_the_demo(server: ServerParts, world: World) -> None:
    """Ending needs the face again: an end without a living one is none, and can be repeated by whoever is there."""
    project, person = world.projects[0], world.members[0]
    kiosk, demo = admit(server, world, CARRIED), admit(server, world, DEMO)
    began, live = start(person, project, at("08:00", day=6)), end(person, project, at("09:00", day=6))
    still = replace(live.command, face=STILL)
    record(server.bus, began)
    assert gate_says(server, kiosk, still, at("08:30", day=6)) == "S-3"
    assert gate_says(server, demo, still, at("08:30", day=6)) is None
    assert gate_says(server, kiosk, live.command, at("08:30", day=6)) is None
    shown = replace(live, id=new_id(), command=still, t_ms=at("08:30", day=6), device_id=kiosk)
    [told] = record(server.bus, shown)
    assert (told.status, told.rule, told.sentence) == ("void", "S-3", "无效：未通过人脸或活体验证")
    assert (visit(server, began.id).end_id, visit(server, began.id).reasons) == (None, [])
    record(server.bus, live)
    row = visit(server, began.id)
    assert (row.state, row.counted_s, row.end_id) == ("valid", 3600, live.id)
    with server.bus.store.reading() as db:
        assert [(note.id, note.rule) for note in db.scalars(select(EndNote))] == [(shown.id, "S-3")]
