"""A draft's life: two offices edit one project without a network, and the server merges what both wrote."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.accounts import logins
from core.context import Actor
from core.drafts.merge import GroupEdit
from core.errors import BadInput, NotHere, Refused, Unreachable
from core.ids import new_id
from core.projects.commands import EditProject
from core.wire.push import EntryVerdict
from core.wire.signing import new_key_pair
from sync.cache.answers import verdicts
from sync.journal.models import Stored
from tests.database.test_sync_submit import Site, network, shown
from tests.factories.devices import Kiosk, started
from tests.factories.world import PASSWORD
from tests.fakes.clock import FakeClock
from tests.fakes.transport import MemoryTransport

HEAD = "SELECT name, client, starts_on, ends_on FROM project"
CONFLICTS = "SELECT group_name, theirs, mine, kept FROM draft_conflict"


@dataclass
class Desktop:
    """An office PC: a client like a kiosk's, with an account that has logged in on it."""

    client: Kiosk
    account: str
    session: str

    def edit(self, project: str, *edits: GroupEdit, settles: tuple[str, ...] = ()) -> Stored:
        """The account edits the project's head."""
        command = EditProject(project_id=project, edits=list(edits), settles=list(settles))
        return self.client.submitter.submit(command, Actor("account", self.account), session=self.session)


class Offices(Site):
    """A site whose agency has desktops."""

    def desktop(self, account: str | None = None, *, logged_in: bool = True) -> Desktop:
        """One more, paired and synced; its account is the manager's unless another one is named."""
        keys, device_id = new_key_pair(), new_id()
        self.server.admit(self.world.agency, self.world.office, device_id, keys.public, "desktop")
        clock = FakeClock()
        clock.advance(ms=self.clock.true_ms - clock.true_ms)
        folder = self.folder / f"desktop{len(self.kiosks)}"
        client = Kiosk(folder, device_id, keys, MemoryTransport(self.server, device_id), clock)
        client.open()
        client.engine.round()
        self.kiosks.append(client)
        session = new_id()
        if logged_in:
            session = logins.log_in(self.server.store, "manager1", PASSWORD, device_id).login_id
        return Desktop(client, account or self.world.manager_account, session)


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[Offices]:
    made = Offices(tmp_path)
    yield made
    for kiosk in made.kiosks:
        kiosk.kill()
    made.server.close()


def named(seen: str, value: str) -> GroupEdit:
    return GroupEdit(group="name", seen={"name": seen}, value={"name": value})


def client_named(seen: str, value: str) -> GroupEdit:
    return GroupEdit(group="client", seen={"client": seen}, value={"client": value})


def dated(seen: tuple[str, str], value: tuple[str, str]) -> GroupEdit:
    names = ("starts_on", "ends_on")
    return GroupEdit(
        group="dates", seen=dict(zip(names, seen, strict=True)), value=dict(zip(names, value, strict=True))
    )


DATES = ("2026-01-01", "2027-12-31")


def told(desk: Desktop) -> dict[str, EntryVerdict]:
    """What a screen says of entries that did not simply pass."""
    with desk.client.cache.reading() as db:
        return {verdict.id: verdict for verdict in verdicts(db)}


def conflicts(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [(group, json.loads(theirs), json.loads(mine), kept) for group, theirs, mine, kept in rows]


def test_an_edit_offline_shows_at_once_and_comes_to_the_office(offices: Offices) -> None:
    desk = offices.desktop()
    network(desk.client).down = True
    desk.edit(offices.project, named("示例项目1", "示例大厦"))
    assert shown(desk.client, HEAD) == [("示例大厦", "示例物业", *DATES)]
    desk.client.restart()
    assert shown(desk.client, HEAD) == [("示例大厦", "示例物业", *DATES)], "a restart loses nothing"
    assert offices.rows(HEAD) == [("示例项目1", "示例物业", *DATES)]
    network(desk.client).down = False
    desk.client.engine.round()
    assert shown(desk.client, HEAD) == offices.rows(HEAD) == [("示例大厦", "示例物业", *DATES)]
    assert desk.client.status.now.waiting == 0


@pytest.mark.rule("J-9")
def test_the_change_is_kept_field_by_field(offices: Offices) -> None:
    """Every change of a submitted project is kept field by field: who, when, on what device, from what, to what."""
    desk = offices.desktop()
    desk.edit(offices.project, named("示例项目1", "示例大厦"))
    desk.client.engine.round()
    kept = offices.rows("SELECT field, before, after, actor_id, device_id FROM field_version")
    assert ("name", '"示例项目1"', '"示例大厦"', desk.account, desk.client.device_id) in kept
    audited = offices.rows(
        "SELECT actor_kind, actor_id, outcome FROM audit_log WHERE command = 'projects.edit'"
    )
    assert audited == [("account", desk.account, "recorded")]


def test_what_no_database_could_keep_is_refused_before_it_is_written_down(offices: Offices) -> None:
    """The server would have to call it void: who typed, or pasted, it is told while he can still mend it."""
    desk = offices.desktop()
    before = desk.client.journal.head()
    with pytest.raises(BadInput) as refused:
        desk.edit(offices.project, named("示例项目1", "示例\0大厦"))
    assert refused.value.hint and desk.client.journal.head() == before


def test_different_groups_merge(offices: Offices) -> None:
    one, other = offices.desktop(), offices.desktop()
    one.edit(offices.project, named("示例项目1", "示例大厦"))
    other.edit(offices.project, dated(DATES, ("2026-02-01", "2027-12-31")))
    for desk in (one, other, one):
        desk.client.engine.round()
    merged = [("示例大厦", "示例物业", "2026-02-01", "2027-12-31")]
    assert offices.rows(HEAD) == shown(one.client, HEAD) == shown(other.client, HEAD) == merged
    assert offices.rows(CONFLICTS) == []


def test_the_same_group_keeps_both_values_until_somebody_chooses(offices: Offices) -> None:
    """J8: the second is told, sees both values, chooses; nothing is lost silently (invariant 11)."""
    one, other = offices.desktop(), offices.desktop()
    one.edit(offices.project, named("示例项目1", "甲楼"))
    entry = other.edit(offices.project, named("示例项目1", "乙楼"), client_named("示例物业", "新物业"))
    one.client.engine.round()
    other.client.engine.round()
    clash = [("name", {"name": "甲楼"}, {"name": "乙楼"}, None)]
    for rows in (offices.rows(CONFLICTS), shown(other.client, CONFLICTS)):
        assert conflicts(rows) == clash
    assert offices.rows("SELECT name, client FROM project") == [("甲楼", "新物业")]
    one.client.engine.round()
    assert conflicts(shown(one.client, CONFLICTS)) == clash, "both are told"
    assert entry.id not in told(one) and entry.id not in told(other)

    [(conflict_id,)] = shown(other.client, "SELECT id FROM draft_conflict")
    other.edit(offices.project, named("甲楼", "乙楼"), settles=(conflict_id,))
    for desk in (other, one):
        desk.client.engine.round()
    assert shown(one.client, "SELECT name FROM project") == [("乙楼",)]
    assert shown(one.client, "SELECT kept FROM draft_conflict") == [("mine",)]


def test_keeping_the_other_value_changes_nothing_else(offices: Offices) -> None:
    one, other = offices.desktop(), offices.desktop()
    one.edit(offices.project, named("示例项目1", "甲楼"))
    other.edit(offices.project, named("示例项目1", "乙楼"))
    one.client.engine.round()
    other.client.engine.round()
    [(conflict_id,)] = shown(other.client, "SELECT id FROM draft_conflict")
    other.edit(offices.project, settles=(conflict_id,))
    other.client.engine.round()
    assert offices.rows("SELECT p.name, c.kept FROM project p, draft_conflict c") == [("甲楼", "theirs")]


@pytest.mark.rule("J-8")
def test_what_a_visit_has_locked_meanwhile_is_refused_with_its_reason(offices: Offices) -> None:
    """After the first visit has started these are locked: kind, client, district, address, point, radius…"""
    desk, kiosk = offices.desktop(), offices.kiosk()
    entry = desk.edit(offices.project, client_named("示例物业", "新物业"))
    kiosk.start(offices.project, offices.person)
    kiosk.engine.round()
    desk.client.engine.round()
    assert offices.rows("SELECT client FROM project") == [("示例物业",)]
    assert shown(desk.client, "SELECT client FROM project") == [("示例物业",)], "the copy shows what holds"
    verdict = told(desk)[entry.id]
    assert (verdict.status, verdict.rule) == ("void", "J-8")
    assert "项目已开始执业" in (verdict.sentence or "")
    with pytest.raises(Refused):
        desk.edit(offices.project, client_named("示例物业", "再改"))
    desk.edit(offices.project, named("示例项目1", "仍可改名"))
    desk.client.engine.round()
    assert offices.rows("SELECT name FROM project") == [("仍可改名",)]


@pytest.mark.rule("D-1")
def test_a_desktop_writes_only_for_who_logged_in_on_it(offices: Offices) -> None:
    """A desktop drafts under a session that the server issued and bound to it."""
    stranger, elsewhere = offices.desktop(logged_in=False), offices.desktop()
    borrowed = Desktop(offices.desktop().client, elsewhere.account, elsewhere.session)
    for number, desk in enumerate((stranger, borrowed)):
        entry = desk.edit(offices.project, named("示例项目1", f"改名{number}"))
        desk.client.engine.round()
        assert told(desk)[entry.id].rule == "D-1"
    assert offices.rows("SELECT name FROM project") == [("示例项目1",)]


@pytest.mark.rule("D-1")
def test_a_kiosk_writes_no_drafts_and_a_desktop_no_facts(offices: Offices) -> None:
    """Journals accept a whitelist per kind of device."""
    kiosk, desk = offices.kiosk(), offices.desktop()
    edit = EditProject(project_id=offices.project, edits=[named("示例项目1", "改名")])
    kiosk.submitter.submit(edit, offices.world.office)
    desk.client.submit(started(offices.project, offices.person), offices.person)
    for client in (kiosk, desk.client):
        client.engine.round()
    assert offices.rows("SELECT name FROM project") == [("示例项目1",)]
    assert offices.rows("SELECT id FROM visit") == shown(desk.client, "SELECT id FROM visit") == []


@pytest.mark.rule("A-3")
def test_who_has_no_right_when_it_arrives_is_told_so(offices: Offices) -> None:
    """Drafts use the rights at arrival."""
    desk = offices.desktop()
    entry = desk.edit(offices.project, named("示例项目1", "改名"))
    with offices.server.store.writing() as db:
        db.execute(
            text("UPDATE employment SET until_ms = from_ms + 1 WHERE person_id = :who"),
            {"who": offices.world.manager},
        )
    desk.client.engine.round()
    assert told(desk)[entry.id].rule == "A-3"
    assert offices.rows("SELECT name FROM project") == [("示例项目1",)]


def test_what_the_gate_refuses_is_not_written_down(offices: Offices) -> None:
    desk = offices.desktop()
    head = desk.client.journal.head()
    for edit in (dated(DATES, ("2027-01-01", "2026-01-01")), client_named("示例物业", " ")):
        with pytest.raises(Refused):
            desk.edit(offices.project, edit)
    with pytest.raises(BadInput):
        desk.edit(offices.project, dated(DATES, ("昨天", "2026-01-01")))
    with pytest.raises(BadInput):
        desk.edit(offices.project, dated(DATES, ("20260101", "2027-12-31")))
    with pytest.raises(NotHere):
        desk.edit(new_id(), named("示例项目1", "改名"))
    assert desk.client.journal.head() == head


def test_a_lost_answer_makes_neither_two_edits_nor_a_conflict(offices: Offices) -> None:
    desk, other = offices.desktop(), offices.desktop()
    desk.edit(offices.project, named("示例项目1", "甲楼"))
    network(desk.client).faults = iter(["none", "lose answer"])
    with pytest.raises(Unreachable):
        desk.client.engine.round()
    other.client.engine.round()
    other.edit(offices.project, named("甲楼", "丙楼"))
    other.client.engine.round()
    desk.client.engine.round()
    assert offices.rows("SELECT name FROM project") == shown(desk.client, "SELECT name FROM project")
    assert offices.rows("SELECT name FROM project") == [("丙楼",)]
    assert offices.rows(CONFLICTS) == shown(desk.client, CONFLICTS) == []
