"""Texts that a column can't hold, or hardly: both databases say the same of their entry, and take in what follows."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.accounts import logins
from core.clock import from_ms
from core.devices.models import Device
from core.ids import new_id
from core.journals.reception import receive
from core.wire.envelope import Entry, EntryActor, entry_hash, genesis, write
from core.wire.push import EntryVerdict, Head, PushRequest, WireEntry
from core.wire.signing import sign_head
from tests.factories.kiosk import Kiosk
from tests.factories.server import ServerParts
from tests.factories.site import FACE
from tests.factories.world import PASSWORD, World
from tests.fakes.clock import FakeClock

CONTROLS = st.just("\0") | st.characters(categories=["Cc"])
HALVES = st.characters(categories=["Cs"])
WORDS = st.text("甲\\u0", max_size=6)
"""Words that look like the escape of a zero byte, too."""
GIVEN = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def around(odd: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Such a character within what somebody wrote."""
    return st.builds(lambda one, character, other: f"甲{one}{character}{other}乙", WORDS, odd, WORDS)


@dataclass(frozen=True)
class Wanted:
    """An entry to be written by a device that checks nothing."""

    command: str
    body: dict[str, Any]
    actor: EntryActor
    session: str | None = None
    boot_id: str | None = None


def push(device: Kiosk, wanted: Sequence[Wanted]) -> list[EntryVerdict]:
    """A rightly signed push of a new journal, and what is said of its entries."""
    journal, wires = new_id(), list[WireEntry]()
    previous = genesis(journal, device.keys.public)
    for dseq, one in enumerate(wanted, start=1):
        moment = device.journal.moment()
        entry = Entry(
            v=1, id=new_id(), journal=journal, dseq=dseq, prev=previous, device=device.id, actor=one.actor,
            session=one.session, command=one.command, version=1, sealed=None,
            body=msgspec.Raw(json.dumps(one.body).encode()), time=moment,
        )  # fmt: skip
        raw = _with_boot(write(entry), moment.boot_id, one.boot_id)
        previous = entry_hash(raw)
        wires.append(WireEntry(text=raw.decode()))
    head = Head(dseq=len(wires), hash=previous)
    signature = sign_head(device.keys.seed, journal, head.dseq, head.hash)
    with device.server.bus.store.reading() as db:
        row = db.get_one(Device, device.id)
    request = PushRequest(journal=journal, entries=wires, head=head, signature=signature)
    answer = receive(device.server.bus, device.server.keys, row, request)
    assert answer.head == head, "the chain stands behind its last entry"
    return answer.verdicts


def _with_boot(raw: bytes, honest: str, told: str | None) -> bytes:
    """With another boot id, which our own client could not even spell."""
    return raw if told is None else raw.replace(json.dumps(honest).encode(), json.dumps(told).encode(), 1)


@pytest.fixture
def kiosk(server: ServerParts, world: World, tmp_path: Path) -> Iterator[Kiosk]:
    made = Kiosk(tmp_path, server, world, FakeClock(from_ms(server.clock.true_ms)))
    yield made
    made.journal.close()


@pytest.fixture
def desktop(server: ServerParts, world: World, tmp_path: Path) -> Iterator[Kiosk]:
    clock = FakeClock(from_ms(server.clock.true_ms))
    made = Kiosk(tmp_path, server, world, clock, "desktop")
    yield made
    made.journal.close()


def attempt(kiosk: Kiosk, reason: str) -> Wanted:
    """A check-in that was refused: what always is recorded, in the device's own name."""
    actor = EntryActor(kind="device", id=kiosk.id)
    return Wanted(
        "visits.attempt", {"project_id": None, "action": "start", "reason": reason, "photo": None}, actor
    )


def rows(server: ServerParts, statement: str) -> list[Any]:
    with server.bus.store.reading() as db:
        return list(db.scalars(text(statement)))


def unkeepable(told: str) -> bool:
    return "\0" in told or any("\ud800" <= character <= "\udfff" for character in told)


@GIVEN
@given(around(CONTROLS | HALVES))
def test_an_odd_text_in_a_facts_body_blocks_nobody(server: ServerParts, kiosk: Kiosk, odd: str) -> None:
    """Invariant 8: what can't be kept is void, and says so; any other control character is kept as it came."""
    bad, behind = push(kiosk, [attempt(kiosk, odd), attempt(kiosk, "stranger")])
    assert behind.status == "recorded"
    if unkeepable(odd):
        assert (bad.status, bad.rule) == ("void", "U-1") and bad.sentence
    else:
        assert bad.status == "recorded"
        assert odd in rows(server, "SELECT reason FROM attempt")


@GIVEN
@given(around(CONTROLS | HALVES), st.sampled_from(["engine", "name of a field", "of a newer program"]))
def test_an_odd_text_anywhere_else_blocks_nobody(world: World, kiosk: Kiosk, odd: str, where: str) -> None:
    """Invariant 8."""
    person = EntryActor(kind="person", id=world.members[0])
    body: dict[str, Any] = {
        "project_id": world.projects[0], "person_id": person.id, "claims": False, "fix": None,
        "face": msgspec.to_builtins(FACE) | ({"engine": odd} if where == "engine" else {}),
    }  # fmt: skip
    fact = Wanted("visits.start", body, person)
    if where == "name of a field":
        fact = replace(fact, body={**body, odd: 1})
    elif where == "of a newer program":
        fact = replace(fact, command="visits.future")
    bad, behind = push(kiosk, [fact, attempt(kiosk, "stranger")])
    assert behind.status == "recorded"
    assert bad.status == ("held" if where == "of a newer program" else "void")


@GIVEN
@given(around(CONTROLS | HALVES), st.booleans())
def test_an_odd_boot_id_blocks_nobody_and_costs_no_fact(
    server: ServerParts, kiosk: Kiosk, odd: str, opened: bool
) -> None:
    """Invariant 8: the fact counts; what the device calls its boot stays one name on both databases."""
    device = EntryActor(kind="device", id=kiosk.id)
    first = Wanted("time.opened", {}, device) if opened else attempt(kiosk, "stranger")
    wanted = [replace(first, boot_id=odd), replace(attempt(kiosk, "dark"), boot_id=odd), attempt(kiosk, "x")]
    assert [one.status for one in push(kiosk, wanted)] == ["recorded"] * 3
    kept = "".join("\ufffd" if unkeepable(one) and one != "\0" else one for one in odd).replace("\0", "␀")
    assert rows(server, "SELECT boot_id FROM journal_entry").count(kept) >= 2


@GIVEN
@given(around(CONTROLS | HALVES), st.sampled_from(["seen", "value", "group"]))
def test_an_odd_text_in_a_draft_blocks_nobody(
    server: ServerParts, world: World, desktop: Kiosk, odd: str, where: str
) -> None:
    """Invariant 8: SQLite would take what PostgreSQL can't, and two servers of one journal would differ."""
    store, project = server.bus.store, world.projects[0]
    session = logins.log_in(store, "manager1", PASSWORD, desktop.id).login_id
    edit = {"group": "name", "seen": {"name": "旧"}, "value": {"name": "甲"}}
    edit |= {where: odd if where == "group" else {"name": odd}}

    def draft(one: dict[str, Any]) -> Wanted:
        actor = EntryActor(kind="account", id=world.manager_account)
        return Wanted("projects.edit", {"project_id": project, "edits": [one]}, actor, session)

    good = {"group": "client", "seen": {"client": "旧"}, "value": {"client": new_id()}}
    bad, behind = push(desktop, [draft(edit), draft(good)])
    assert behind.status == "recorded"
    assert bad.status == ("void" if unkeepable(odd) or where == "group" else "recorded")
