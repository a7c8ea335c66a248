"""Devices on real databases: a code admits one device of one kind, and the demo's flag is the demo's."""

import pytest

from core.context import ANYONE
from core.devices.codes import code_hash
from core.devices.commands import MakePairingCode, PairDevice, RevokeDevice
from core.devices.models import Device, ServerProperty
from core.errors import DomainError
from core.ids import new_id
from core.journals.pull import scopes_of
from tests.factories.refusals import at_once, refused
from tests.factories.server import ServerParts
from tests.factories.world import World, make_world, run


def make_code(server: ServerParts, world: World, kind: str = "kiosk") -> str:
    code = new_id()
    command = MakePairingCode(agency_id=world.agency, kind=kind, code_hash=code_hash(code))  # type: ignore[arg-type]
    run(server.bus, command, world.office)
    return code


def pairing(code: str, **changed: object) -> PairDevice:
    fields: dict[str, object] = {
        "code": code, "device_id": new_id(), "name": "平板", "kind": "kiosk",
        "public_key": new_id().replace("-", "") * 2, "key_source": "file",
    }  # fmt: skip
    return PairDevice(**(fields | changed))  # type: ignore[arg-type]


@pytest.mark.rule("D-1")
def test_a_code_admits_one_device(server: ServerParts, world: World) -> None:
    """Admitted by a manager; pairing code once, also if two devices show it in the same moment."""
    code = make_code(server, world)
    answers = at_once(*(lambda: run(server.bus, pairing(f"{code[:9]} {code[9:]}")) for _ in range(3)))
    assert [a.code for a in answers if isinstance(a, DomainError)] == ["devices.code_used"] * 2
    with refused("devices.code_wrong"):
        run(server.bus, pairing("12345678"))
    late = make_code(server, world)
    server.clock.advance(minutes=30)
    with refused("devices.code_expired", "D-1"):
        run(server.bus, pairing(late))


@pytest.mark.rule("D-1")
@pytest.mark.parametrize(
    ("kind", "other", "sentence"),
    [
        ("kiosk", "desktop", "这是执业终端的配对码，请使用电脑配对码"),
        ("desktop", "kiosk", "这是电脑的配对码，请使用执业终端配对码"),
    ],
)
def test_a_code_of_the_other_kind_is_named_and_stays_good(
    server: ServerParts, world: World, kind: str, other: str, sentence: str
) -> None:
    """Pairing code once: a code of the other kind is told as such only while it would admit."""
    code = make_code(server, world, kind)
    with refused("devices.code_kind", "D-1") as caught:
        run(server.bus, pairing(code, kind=other))
    assert caught.value.sentence == sentence
    run(server.bus, pairing(code, kind=kind))
    with refused("devices.code_used"):
        run(server.bus, pairing(code, kind=other))
    late = make_code(server, world, kind)
    server.clock.advance(minutes=30)
    with refused("devices.code_expired"):
        run(server.bus, pairing(late, kind=other))


@pytest.mark.rule("D-1")
def test_a_key_belongs_to_one_device(server: ServerParts, world: World) -> None:
    """A device has its own key pair: a second device under the same key or id is refused with a sentence."""
    first = pairing(make_code(server, world))
    run(server.bus, first)
    other = make_world(server.bus, number=2)
    for code, kind in ((make_code(server, other), "kiosk"), (make_code(server, world, "desktop"), "desktop")):
        with refused("devices.key_taken", "D-1"):
            run(server.bus, pairing(code, kind=kind, public_key=first.public_key))
    moved = pairing(make_code(server, world), public_key=first.public_key, fixed_lat=31.0, fixed_lon=121.0)
    with refused("devices.key_taken", "D-1"):
        run(server.bus, moved)
    with refused("taken"):
        run(server.bus, pairing(make_code(server, world), device_id=first.device_id))
    with refused("commands.body"):
        run(server.bus, pairing(make_code(server, world), public_key="zz" * 32))


@pytest.mark.rule("D-1")
def test_a_device_that_pairs_again_is_the_device_that_it_was(server: ServerParts, world: World) -> None:
    """A device has its own key pair, is admitted by a manager: a lost answer or pairing file is no dead end."""
    first = pairing(make_code(server, world))
    run(server.bus, first)
    code = make_code(server, world)
    again = pairing(code, public_key=first.public_key.upper())
    answer = server.bus.run(again, actor=ANYONE, command_id=new_id()).answer
    assert answer == {"device_id": first.device_id, "agency_id": world.agency}
    with refused("devices.code_used"):
        run(server.bus, pairing(code))
    with server.bus.store.reading() as db:
        assert db.get(Device, again.device_id) is None
    run(server.bus, RevokeDevice(agency_id=world.agency, device_id=first.device_id), world.office)
    with refused("devices.key_taken", "D-1"):
        run(server.bus, pairing(make_code(server, world), public_key=first.public_key))


@pytest.mark.rule("S-3")
def test_a_still_picture_is_live_only_where_the_demo_made_the_server(
    server: ServerParts, world: World
) -> None:
    """Face: matched and live; photographs for faces are the demo's alone."""
    with refused("devices.still", "S-3"):
        run(server.bus, pairing(make_code(server, world), still_for_live=True))
    with server.bus.store.writing() as db:
        db.add(ServerProperty(name="demo", value="yes"))
    made = pairing(make_code(server, world), still_for_live=True)
    run(server.bus, made)
    with server.bus.store.reading() as db:
        assert db.get_one(Device, made.device_id).still_for_live


@pytest.mark.rule("D-1")
def test_a_device_is_revoked_by_its_own_agency(server: ServerParts, world: World) -> None:
    """Can be revoked: nothing is in its reach from then on; nobody else's manager can do it."""
    other = make_world(server.bus, number=2)
    made = pairing(make_code(server, world))
    run(server.bus, made)
    with refused("not-allowed"):
        run(server.bus, RevokeDevice(agency_id=world.agency, device_id=made.device_id), other.office)
    with refused("devices.unknown"):
        run(server.bus, RevokeDevice(agency_id=other.agency, device_id=made.device_id), other.office)
    run(server.bus, RevokeDevice(agency_id=world.agency, device_id=made.device_id), world.office)
    with server.bus.store.reading() as db:
        row = db.get_one(Device, made.device_id)
        first = row.revoked_ms
        assert scopes_of(db, row, server.bus.store.now_ms(db)) == []
    server.clock.advance(days=1)
    run(server.bus, RevokeDevice(agency_id=world.agency, device_id=made.device_id), world.office)
    with server.bus.store.reading() as db:
        assert db.get_one(Device, made.device_id).revoked_ms == first
