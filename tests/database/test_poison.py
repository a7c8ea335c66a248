"""Entries that nobody should have written: each gets its verdict, and none blocks those behind it (invariant 8)."""

import logging
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from core.clock import from_ms
from core.command import spec_of
from core.devices.models import Device
from core.ids import new_id
from core.journals.reception import receive
from core.visits.commands import AttemptFailed, FormSubmitted, VisitEnded, VisitStarted
from core.wire.envelope import Entry, EntryActor, entry_hash, genesis, parse, write
from core.wire.push import Head, PushAnswer, PushRequest, WireEntry
from core.wire.sealing import MAX_BOX
from core.wire.signing import sign_head
from tests.factories.kiosk import Kiosk
from tests.factories.server import ServerParts
from tests.factories.site import FACE, INSIDE, OUTSIDE
from tests.factories.world import World, make_world
from tests.fakes.clock import FakeClock


@pytest.fixture
def kiosk(server: ServerParts, world: World, tmp_path: Path) -> Kiosk:
    """A kiosk whose clock agrees with the server's."""
    return Kiosk(tmp_path, server, world, FakeClock(from_ms(server.clock.true_ms)))


@pytest.fixture
def quiet_driver(caplog: pytest.LogCaptureFixture) -> None:
    """The driver mentions a batch that it broke off, or not, as the batch happens to be sent."""
    caplog.set_level(logging.ERROR, "psycopg")


def started(project: str, person: str) -> VisitStarted:
    return VisitStarted(project_id=project, person_id=person, claims=False, face=FACE, fix=INSIDE)


def push(kiosk: Kiosk, request: PushRequest) -> PushAnswer:
    with kiosk.server.bus.store.reading() as db:
        device = db.get_one(Device, kiosk.id)
    return receive(kiosk.server.bus, kiosk.server.keys, device, request)


def forged(
    kiosk: Kiosk, *wanted: tuple[str, Any, str, dict[str, Any]], **changed_entry: object
) -> PushRequest:
    """A rightly signed push of a new journal, whose bodies, ids and actors are whatever a broken device writes."""
    journal, entries = new_id(), []
    previous = genesis(journal, kiosk.keys.public)
    for dseq, (entry_id, command, person, changed) in enumerate(wanted, start=1):
        spec = spec_of(type(command))
        body = msgspec.to_builtins(command) | changed
        entry = Entry(
            v=1, id=entry_id, journal=journal, dseq=dseq, prev=previous, device=kiosk.id,
            actor=EntryActor(kind="person", id=person), session=None, command=spec.name, version=spec.version,
            body=msgspec.Raw(msgspec.json.encode(body)), sealed=None, time=kiosk.journal.moment(),
        )  # fmt: skip
        raw = write(msgspec.structs.replace(entry, **changed_entry))
        previous = entry_hash(raw)
        entries.append(WireEntry(text=raw.decode()))
    head = Head(dseq=len(entries), hash=previous)
    signature = sign_head(kiosk.keys.seed, journal, head.dseq, head.hash)
    return PushRequest(journal=journal, entries=entries, head=head, signature=signature)


def facts(server: ServerParts) -> int:
    with server.bus.store.reading() as db:
        return int(db.scalar(text("SELECT count(*) FROM fact")) or 0)


def test_a_key_that_nobody_can_open_is_a_verdict(server: ServerParts, world: World, kiosk: Kiosk) -> None:
    """A poison entry blocks nobody."""
    kiosk.anchor()
    kiosk.write(started(world.projects[0], world.members[0]), world.members[0], sealed={"score": 1})
    kiosk.write(started(world.projects[0], world.members[1]), world.members[1], sealed={"score": 1})
    request = kiosk.journal.push_request(0)
    assert request is not None
    bad = [
        msgspec.structs.replace(wire, key=b"nonsense") if parse(wire.text.encode()).dseq == bad_at else wire
        for bad_at in [_first_sealed(request)]
        for wire in request.entries
    ]
    answer = push(kiosk, msgspec.structs.replace(request, entries=bad))
    assert [v.status for v in answer.verdicts][-2:] == ["tampered", "recorded"]
    assert facts(server) == 1


@pytest.mark.rule("D-2")
@pytest.mark.parametrize(("size", "status"), [(MAX_BOX - 100, "recorded"), (MAX_BOX, "void")])
def test_a_sealed_part_has_an_end(
    server: ServerParts, world: World, kiosk: Kiosk, size: int, status: str
) -> None:
    """Beside an entry of at most 64 kB stands a sealed part of at most 64 kB; what follows is recorded."""
    project, (one, two) = world.projects[0], world.members
    kiosk.write(started(project, one), one, sealed={"details": "x" * size})
    kiosk.write(started(project, two), two, sealed={"score": 1})
    told = kiosk.push()
    assert told is not None
    assert [v.status for v in told.verdicts][-2:] == [status, "recorded"]


def _first_sealed(request: PushRequest) -> int:
    return next(parse(wire.text.encode()).dseq for wire in request.entries if wire.key is not None)


@pytest.mark.rule("D-1")
def test_a_device_speaks_for_its_own_agencys_projects_only(
    server: ServerParts, world: World, kiosk: Kiosk
) -> None:
    """A device belongs to one agency: it can put nobody of another on a site, and so make his own visit void."""
    server.clock.advance(days=-4)
    other = make_world(server.bus, number=2)
    foreign = other.project()
    server.clock.advance(days=4)
    mine, (one, two) = world.projects[0], world.members
    request = forged(
        kiosk,
        (new_id(), started(foreign, other.members[0]), other.members[0], {}),
        (new_id(), started(mine, one), two, {}),
        (new_id(), started(new_id(), one), one, {}),
        (new_id(), started(mine, one), one, {}),
    )
    answer = push(kiosk, request)
    assert [v.status for v in answer.verdicts] == ["void", "void", "void", "recorded"]
    assert facts(server) == 1


def test_an_id_twice_in_one_push_counts_once(server: ServerParts, world: World, kiosk: Kiosk) -> None:
    """Invariant 2: each id counts once; the same id with other content is tampering."""
    project, (one, two) = world.projects[0], world.members
    same = new_id()
    request = forged(
        kiosk,
        (same, started(project, one), one, {}),
        (same, started(project, two), two, {}),
        (new_id(), started(project, two), two, {}),
    )
    answer = push(kiosk, request)
    assert [v.status for v in answer.verdicts] == ["recorded", "tampered", "recorded"]
    assert facts(server) == 2
    assert {v.status for v in push(kiosk, request).verdicts} == {"repeated"}


@pytest.mark.rule("D-1")
@pytest.mark.parametrize("kind", ["account", "device", "contact", "job"])
def test_a_kiosk_writes_nothing_in_another_kind_of_name(
    server: ServerParts, world: World, kiosk: Kiosk, kind: str
) -> None:
    """A kiosk writes facts of people whom it has seen; a device's key alone can approve nothing."""
    person, project = world.members[0], world.projects[0]
    request = forged(
        kiosk, (new_id(), started(project, person), person, {}), actor=EntryActor(kind=kind, id=person)
    )  # fmt: skip
    [told] = push(kiosk, request).verdicts
    assert (told.status, told.rule, told.sentence) == ("void", "D-1", "记录的操作人不是在现场验证的本人")
    assert facts(server) == 0


@pytest.mark.rule("D-1")
def test_a_kiosk_has_no_session(server: ServerParts, world: World, kiosk: Kiosk) -> None:
    """Drafts stand under a session that the server issued; a kiosk's facts stand under none."""
    person, project = world.members[0], world.projects[0]
    request = forged(kiosk, (new_id(), started(project, person), person, {}), session=new_id())
    assert [v.status for v in push(kiosk, request).verdicts] == ["void"]
    assert facts(server) == 0


@pytest.mark.rule("F-1", "D-1")
def test_a_kiosk_writes_no_form_of_the_office(server: ServerParts, world: World, kiosk: Kiosk) -> None:
    """If the filler is gone, the lead, else a manager, in the desktop: an online command of his account."""
    project = world.projects[0]
    form = FormSubmitted(
        project_id=project, person_id=world.manager, day="2026-03-06", complete=True, office=True
    )
    [told] = push(kiosk, forged(kiosk, (new_id(), form, world.manager, {}))).verdicts
    assert (told.status, told.rule) == ("void", "D-1") and told.sentence
    assert facts(server) == 0


@pytest.mark.rule("S-3")
def test_a_refused_check_in_is_the_devices_own(server: ServerParts, world: World, kiosk: Kiosk) -> None:
    """Three failures …, and the attempts are recorded: nobody was recognised, so it is in nobody's name."""
    attempt = AttemptFailed(project_id=world.projects[0], action="start", reason="stranger")
    for actor, status in (
        (EntryActor(kind="device", id=kiosk.id), "recorded"),
        (EntryActor(kind="device", id=new_id()), "void"),
        (EntryActor(kind="person", id=world.members[0]), "void"),
    ):
        request = forged(kiosk, (new_id(), attempt, world.members[0], {}), actor=actor)
        assert [v.status for v in push(kiosk, request).verdicts] == [status]


def test_every_void_entry_says_why(server: ServerParts, world: World, kiosk: Kiosk) -> None:
    """A broken rule is a verdict: the device shows its sentence to whoever stands there."""
    mine, person = world.projects[0], world.members[0]
    away = VisitStarted(project_id=mine, person_id=person, claims=False, face=FACE, fix=OUTSIDE)
    end = VisitEnded(project_id=mine, person_id=person, face=FACE, fix=INSIDE)
    form = FormSubmitted(project_id=mine, person_id=person, day="2026-03-06", complete=False)
    request = forged(
        kiosk,
        (new_id(), started(new_id(), person), person, {}),
        (new_id(), started(mine, person), person, {"unknown": 1}),
        (new_id(), end, person, {}),
        (new_id(), away, person, {}),
        (new_id(), form, person, {}),
    )
    told = push(kiosk, request).verdicts
    assert [(v.status, v.rule) for v in told] == [
        ("void", "D-1"), ("void", "U-1"), ("void", "S-7"), ("void", "S-4"), ("void", "F-1"),
    ]  # fmt: skip
    assert all(v.sentence for v in told)
    assert told[3].sentence == "无效：开始时不在执业半径内，或没有有效位置"


@pytest.mark.parametrize(
    "changed",
    [
        {"day": "2026-02-30"}, {"day": "0000-01-01"},
        {"day": "9" * 50}, {"day": "\0"}, {"day": "gestern"}, {"end_id": "x" * 99}, {"unknown": 1},
        {"project_id": "\0"}, {"project_id": "长" * 99},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.usefixtures("quiet_driver")
def test_a_form_that_no_column_can_hold(
    server: ServerParts, world: World, kiosk: Kiosk, changed: dict[str, Any]
) -> None:
    """A poison entry blocks nobody: it is void, on PostgreSQL too, and what follows it is recorded."""
    person, project = world.members[0], world.projects[0]
    form = FormSubmitted(project_id=project, person_id=person, day="2026-03-06", complete=False)
    request = forged(
        kiosk, (new_id(), form, person, changed), (new_id(), started(project, person), person, {})
    )
    assert [v.status for v in push(kiosk, request).verdicts] == ["void", "recorded"]


@pytest.mark.parametrize(
    "changed",
    [
        {"start_id": "x" * 99}, {"start_id": "\0"}, {"fix": {"age_ms": 2**70}}, {"fix": {"flags": ["mock"] * 30}},
        {"face": {"portrait_id": "\0"}},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.usefixtures("quiet_driver")
def test_an_end_that_no_column_can_hold(
    server: ServerParts, world: World, kiosk: Kiosk, changed: dict[str, Any]
) -> None:
    """Whatever becomes of it, what follows it is recorded."""
    person, project = world.members[0], world.projects[0]
    end = VisitEnded(project_id=project, person_id=person, face=FACE, fix=INSIDE)
    inside = msgspec.to_builtins(end)
    merged = {
        key: inside[key] | value if isinstance(value, dict) else value for key, value in changed.items()
    }
    request = forged(kiosk, (new_id(), end, person, merged), (new_id(), started(project, person), person, {}))
    assert [v.status for v in push(kiosk, request).verdicts][1] == "recorded"
