"""From the gate to the office: what is accepted offline, what is refused, and what a round makes of it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from core.clock import day_of, ms_of
from core.command import Command
from core.context import Actor
from core.devices.codes import code_hash
from core.devices.commands import MakePairingCode
from core.errors import BadInput, NotAllowed, NotHere, Refused, Unreachable
from core.ids import new_id
from core.projects.commands import DraftProject
from core.wire.sealing import seal_blob
from core.wire.signing import new_key_pair
from sync.cache.answers import verdicts
from sync.cache.apply import held_scopes
from sync.errors import Damaged
from sync.status import standing
from tests.factories.devices import Kiosk, started
from tests.factories.wire import PERSON
from tests.factories.world import World, make_world
from tests.fakes.clock import FakeClock
from tests.fakes.transport import FakeServer, Killed, MemoryTransport


class Site:
    """A server, its agency, and kiosks that have synced once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.server = FakeServer(folder / "server.db", self.clock)
        self.world: World = make_world(self.server.bus)
        self.project = self.world.project()
        self.person = self.world.members[0]
        self.kiosks: list[Kiosk] = []

    def kiosk(self, line: type[MemoryTransport] = MemoryTransport) -> Kiosk:
        """One more, on a line of this kind."""
        keys, device_id = new_key_pair(), new_id()
        self.server.admit(self.world.agency, self.world.office, device_id, keys.public)
        clock = FakeClock()
        clock.advance(ms=self.clock.true_ms - clock.true_ms)
        folder = self.folder / f"kiosk{len(self.kiosks)}"
        made = Kiosk(folder, device_id, keys, line(self.server, device_id), clock)
        made.open()
        made.engine.round()
        self.kiosks.append(made)
        return made

    def close(self) -> None:
        """Ends all programs."""
        for kiosk in self.kiosks:
            kiosk.kill()
        self.server.close()

    def later(self, **time: int) -> None:
        """Time passes for all."""
        for clock in [self.clock, *(kiosk.clock for kiosk in self.kiosks)]:
            clock.advance(**time)

    def office(self, command: Command) -> None:
        """The manager does something."""
        self.server.bus.run(command, actor=self.world.office, command_id=new_id())

    def another_device(self) -> None:
        """Something new in the agency's scope, and in no other."""
        self.server.admit(self.world.agency, self.world.office, new_id(), new_key_pair().public)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What stands in the office."""
        with self.server.store.reading() as db:
            return [tuple(row) for row in db.execute(text(sql))]


def shown(kiosk: Kiosk, sql: str) -> list[tuple[Any, ...]]:
    """What stands on the kiosk."""
    with kiosk.cache.reading() as db:
        return [tuple(row) for row in db.execute(text(sql))]


def network(kiosk: Kiosk) -> MemoryTransport:
    """The kiosk's network, to be disturbed."""
    assert isinstance(kiosk.transport, MemoryTransport)
    return kiosk.transport


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.close()


VISITS = "SELECT id, state FROM visit"
PENDING = "SELECT id, pending FROM fact"


@pytest.mark.rule("S-13")
def test_a_start_offline_stands_at_once_survives_a_restart_and_comes_to_the_office(site: Site) -> None:
    """S-13: everything at the site works without a network."""
    kiosk = site.kiosk()
    network(kiosk).down = True
    entry = kiosk.start(site.project, site.person)
    assert kiosk.wakes == 1
    assert shown(kiosk, VISITS) == [(entry.id, "open")]
    kiosk.restart()
    assert shown(kiosk, VISITS) == [(entry.id, "open")]
    with pytest.raises(Unreachable):
        kiosk.engine.round()
    assert (kiosk.status.now.waiting, kiosk.status.now.offline_since_ms is not None) == (1, True)
    network(kiosk).down = False
    kiosk.engine.round()
    assert site.rows(VISITS) == [(entry.id, "open")]
    assert shown(kiosk, PENDING) == [(entry.id, False)]
    status = kiosk.status.now
    assert (status.waiting, status.offline_since_ms, status.trouble, status.proof) == (
        0,
        None,
        None,
        "proven",
    )


@pytest.mark.rule("S-13")
def test_what_is_written_down_is_counted_at_once(site: Site) -> None:
    """S-13: works with no network: what waits is told now, not when the server has been waited for in vain."""
    kiosk = site.kiosk()
    network(kiosk).down = True
    for number, person in enumerate(site.world.members[:2], start=1):
        kiosk.start(site.project, person)
        assert kiosk.status.now.waiting == number
    network(kiosk).down = False
    kiosk.engine.round()
    assert kiosk.status.now.waiting == 0


def test_what_the_gate_refuses_is_not_written_down(site: Site) -> None:
    kiosk = site.kiosk()
    kiosk.start(site.project, site.person)
    head = kiosk.journal.head()
    with pytest.raises(Refused):
        kiosk.start(site.project, site.person)
    with pytest.raises(Refused):
        kiosk.end(site.project, site.world.members[1])
    with pytest.raises(NotHere):
        kiosk.start(new_id(), site.person)
    with pytest.raises(Refused):
        kiosk.submitter.check(started(site.project, site.person), Actor("person", site.person))
    assert kiosk.journal.head() == head
    assert kiosk.wakes == 1


@contextmanager
def busy(kiosk: Kiosk, since: str | None = None) -> Iterator[None]:
    """Somebody else writes to the cache and does not come to an end: from a crash point on, or at once."""
    engine = kiosk.cache.store.engine
    engine.dispose()
    event.listen(engine, "connect", impatient)
    with ExitStack() as held, pytest.MonkeyPatch.context() as patch:

        def reached(name: str | None) -> None:
            if name == since:
                held.enter_context(kiosk.cache.writing())

        patch.setattr("sync.submit.reach", reached)
        reached(None)
        yield
    event.remove(engine, "connect", impatient)
    engine.dispose()


def impatient(connection: Any, _record: Any) -> None:
    """Waits for no lock, so that a test does not, either."""
    connection.execute("PRAGMA busy_timeout=1")


@pytest.mark.expect_log("fact_not_shown")
@pytest.mark.rule("S-12")
def test_a_start_that_cannot_be_shown_at_once_stands_all_the_same(site: Site) -> None:
    """S-12: whoever is told of a failure begins again, and is 一人多地; what is written down is never a failure."""
    kiosk = site.kiosk()
    with busy(kiosk, "journalled"):
        entry = kiosk.start(site.project, site.person)
    assert kiosk.wakes == 1
    assert kiosk.journal.head().dseq == entry.dseq
    assert shown(kiosk, VISITS) == []
    with pytest.raises(Refused):
        kiosk.submitter.check(started(site.project, site.person), Actor("person", site.person))
    with pytest.raises(Refused):
        kiosk.start(site.project, site.person)
    assert shown(kiosk, VISITS) == [(entry.id, "open")]
    kiosk.engine.round()
    assert site.rows(VISITS) == [(entry.id, "open")]


@pytest.mark.expect_log("fact_not_shown")
def test_a_gate_that_cannot_see_everything_lets_nobody_through(site: Site) -> None:
    kiosk = site.kiosk()
    with busy(kiosk, "journalled"):
        kiosk.start(site.project, site.person)
    head = kiosk.journal.head()
    with busy(kiosk), pytest.raises(Damaged) as caught:
        kiosk.start(site.project, site.world.members[1])
    assert caught.value.code == "cache-storage"
    assert kiosk.journal.head() == head
    kiosk.start(site.project, site.world.members[1])


def test_only_facts_go_through_the_journal(site: Site) -> None:
    kiosk = site.kiosk()
    code = MakePairingCode(agency_id=site.world.agency, kind="kiosk", code_hash=code_hash("x"))
    with pytest.raises(BadInput):
        kiosk.submit(code, site.person)
    with pytest.raises(BadInput):
        kiosk.submitter.submit(started(site.project, site.person), Actor("anyone"))


def test_an_online_command_is_answered_or_unreachable(site: Site) -> None:
    kiosk = site.kiosk()
    code = MakePairingCode(agency_id=site.world.agency, kind="kiosk", code_hash=code_hash("x"))
    token, command_id = site.world.manager_account, new_id()
    network(kiosk).faults = iter(["lose answer"])
    with pytest.raises(Unreachable):
        kiosk.submitter.online(code, command_id=command_id, token=token)
    first = kiosk.submitter.online(code, command_id=command_id, token=token)
    assert "until_ms" in first
    with pytest.raises(NotAllowed):
        kiosk.submitter.online(code, token="")


@pytest.mark.rule("S-11")
def test_a_moved_clock_moves_neither_gate_nor_cache(site: Site) -> None:
    """S-11: the trusted time is the journal's, not the wall clock's."""
    kiosk = site.kiosk()
    kiosk.clock.move_wall(40 * 24 * 3_600_000)
    site.later(minutes=10)
    entry = kiosk.start(site.project, site.person)
    true_ms = ms_of(site.clock.now())
    assert shown(kiosk, "SELECT t_ms, proof FROM fact") == [(true_ms, "proven")]
    with pytest.raises(Refused):
        kiosk.start(site.project, site.person)
    kiosk.engine.round()
    assert site.rows("SELECT t_ms, proof FROM fact") == [(true_ms, "proven")]
    assert shown(kiosk, VISITS) == [(entry.id, "open")]


def test_a_round_twice_changes_nothing(site: Site) -> None:
    kiosk = site.kiosk()
    kiosk.start(site.project, site.person)
    kiosk.engine.round()
    head, rows = kiosk.journal.head(), site.rows("SELECT count(*) FROM journal_entry")
    kiosk.engine.round()
    assert (kiosk.journal.head(), site.rows("SELECT count(*) FROM journal_entry")) == (head, rows)


def test_an_anchor_is_asked_for_again_after_an_hour_and_after_a_boot(site: Site) -> None:
    kiosk = site.kiosk()

    def anchors() -> int:
        return sum(one.entry.command == "time.anchor" for one in kiosk.journal.after(0))

    site.later(minutes=59)
    kiosk.engine.round()
    assert anchors() == 1
    site.later(minutes=2)
    kiosk.engine.round()
    assert anchors() == 2
    kiosk.kill()
    kiosk.clock.reboot(0)
    kiosk.open()
    kiosk.engine.round()
    assert anchors() == 3


@pytest.mark.rule("D-2")
def test_a_photo_is_kept_until_the_server_has_it_for_good(site: Site) -> None:
    """D-2: a device deletes its copy when the server's is durable, and not before."""
    kiosk = site.kiosk()
    box = seal_blob(b"photo").box
    kiosk.start(site.project, site.person, blobs=[box])
    kiosk.engine.round()
    [digest] = kiosk.outbox.waiting()
    assert site.server.blobs == {digest: box}
    assert kiosk.status.now.blobs == 1
    site.server.blobs.clear()
    site.later(minutes=16)
    kiosk.engine.round()
    assert site.server.blobs == {digest: box}
    site.server.durable[digest] = box
    site.later(minutes=16)
    kiosk.engine.round()
    assert (kiosk.outbox.waiting(), kiosk.status.now.blobs) == ([], 0)


def test_a_damaged_photo_stops_nothing_else(site: Site) -> None:
    kiosk = site.kiosk()
    entry = kiosk.start(site.project, site.person, blobs=[seal_blob(b"one").box, seal_blob(b"two").box])
    bad, good = kiosk.outbox.waiting()
    (kiosk.folder / "blobs" / bad).write_bytes(b"damaged")
    kiosk.engine.round()
    assert site.server.blobs.keys() == {good}
    assert shown(kiosk, PENDING) == [(entry.id, False)]
    assert kiosk.status.now.trouble is not None


def test_a_refused_entry_is_told_and_blocks_nobody(site: Site) -> None:
    kiosk = site.kiosk()
    bad = kiosk.journal.append("visits.start", 1, b'{"nonsense":1}', PERSON)
    newer = kiosk.journal.append("future.thing", 1, b"{}", PERSON)
    good = kiosk.start(site.project, site.person)
    kiosk.engine.round()
    assert site.rows(VISITS) == [(good.id, "open")]
    assert kiosk.status.now.refused == 1
    with kiosk.cache.reading() as db:
        assert {one.id: one.status for one in verdicts(db)} == {bad.id: "void", newer.id: "held"}


def test_the_servers_word_replaces_ours(site: Site) -> None:
    """Somebody else's name on a fact: the device shows it until the server says that it has no effect."""
    kiosk = site.kiosk()
    command = started(site.project, site.person)
    kiosk.submitter.submit(command, Actor("person", site.world.members[1]))
    assert len(shown(kiosk, VISITS)) == 1
    kiosk.engine.round()
    assert shown(kiosk, VISITS) == []
    assert kiosk.status.now.refused == 1


@pytest.mark.rule("S-18")
def test_the_order_of_arrival_decides_nothing(site: Site) -> None:
    """S-18: two devices, either of which may be the first to reach the server: the same verdicts."""
    found = []
    site.kiosk()
    site.kiosk()
    start = site.folder / "before.db"
    site.server.copy_to(start)
    first, second = site.kiosks
    first.start(site.project, site.person)
    site.later(minutes=30)
    second.start(site.project, site.person)
    site.later(minutes=30)
    first.end(site.project, site.person)
    for order in ((first, second), (second, first)):
        site.server.restore(start)
        for kiosk in (*order, *order):
            kiosk.engine.round()
        found.append(sorted(site.rows("SELECT id, state, rule, counted_s FROM visit")))
        assert sorted(shown(first, VISITS)) == sorted(shown(second, VISITS)) == sorted(site.rows(VISITS))
    assert found[0] == found[1]
    assert len(found[0]) == 2


@pytest.mark.parametrize("moment", range(14))
def test_a_kill_at_any_request_loses_and_doubles_nothing(site: Site, moment: int) -> None:
    kiosk = site.kiosk()
    entry = kiosk.start(site.project, site.person, blobs=[seal_blob(b"photo").box])
    count = iter(range(1000))

    def kill(_what: str) -> None:
        if next(count) == moment:
            raise Killed

    network(kiosk).watch = kill
    with pytest.raises(Killed):
        kiosk.engine.round()
    network(kiosk).watch = lambda _what: None
    kiosk.restart()
    assert shown(kiosk, VISITS) == [(entry.id, "open")]
    kiosk.engine.round()
    assert site.rows(VISITS) == [(entry.id, "open")]
    assert shown(kiosk, PENDING) == [(entry.id, False)]


def test_another_server_gets_nothing_and_takes_nothing_away(site: Site, tmp_path: Path) -> None:
    """Invariant 12: an exchanged server — same address, other keys — is not even spoken to about facts."""
    kiosk = site.kiosk()
    entry = kiosk.start(site.project, site.person)
    before = kiosk.journal.head()
    other = FakeServer(tmp_path / "other.db", site.clock)
    world = make_world(other.bus)
    other.admit(world.agency, world.office, kiosk.device_id, kiosk.keys.public)
    other.signing = new_key_pair()
    network(kiosk).server = other
    with pytest.raises(BadInput):
        kiosk.engine.round()
    assert other.pushes == []
    assert kiosk.journal.head() == before
    assert shown(kiosk, VISITS) == [(entry.id, "open")]
    other.close()


def test_an_empty_server_takes_nothing_away(site: Site) -> None:
    """Invariant 12: the device is not known there, so it is neither believed nor obeyed."""
    kiosk = site.kiosk()
    entry = kiosk.start(site.project, site.person)
    kiosk.engine.round()
    empty = FakeServer(site.folder / "empty.db", site.clock)
    network(kiosk).server = empty
    site.later(minutes=61)
    with pytest.raises(NotAllowed):
        kiosk.engine.round()
    assert shown(kiosk, VISITS) == [(entry.id, "open")]
    assert kiosk.journal.find(entry.id) is not None
    empty.close()


def test_a_photo_that_the_server_cannot_take_stops_no_rows(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = site.kiosk()

    def fails(_digest: str, _box: bytes) -> Any:
        raise Unreachable("bug", "服务器出现内部问题")

    monkeypatch.setattr(network(kiosk), "put_blob", fails)
    entry = kiosk.start(site.project, site.person, blobs=[seal_blob(b"photo").box])
    site.world.project()
    kiosk.engine.round()
    assert shown(kiosk, PENDING) == [(entry.id, False)]
    assert shown(kiosk, "SELECT count(*) FROM project") == [(2,)]
    status = kiosk.status.now
    assert (status.blobs, status.offline_since_ms, standing(status)) == (1, None, "trouble")
    monkeypatch.undo()
    site.later(minutes=2)
    kiosk.engine.round()
    assert (len(site.server.blobs), standing(kiosk.status.now)) == (1, "synced")


def test_a_disk_in_trouble_is_told_and_the_next_round_goes_on(site: Site) -> None:
    kiosk = site.kiosk()
    entry = kiosk.start(site.project, site.person)
    with busy(kiosk), pytest.raises(Damaged, match="cache-storage"):
        kiosk.engine.round()
    assert standing(kiosk.status.now) == "trouble"
    kiosk.engine.round()
    assert standing(kiosk.status.now) == "synced"
    assert site.rows(VISITS) == [(entry.id, "open")]


def test_a_new_project_comes_as_a_new_scope(site: Site) -> None:
    kiosk = site.kiosk()
    draft = DraftProject(
        project_id=new_id(),
        agency_id=site.world.agency,
        name="新项目",
        kind="inspection",
        district="黄浦区",
        address="人民大道2号",
        client="示例物业",
        contract_number="X-1",
        starts_on="2026-01-01",
        ends_on="2027-12-31",
    )
    site.office(draft)
    kiosk.engine.round()
    with kiosk.cache.reading() as db:
        assert f"project:{draft.project_id}" in held_scopes(db)
    assert ("新项目",) in shown(kiosk, "SELECT name FROM project")


def test_the_day_goes_on_offline(site: Site) -> None:
    """Start, end and form without a network, one after the other, each seen by the next one's gate."""
    kiosk = site.kiosk()
    network(kiosk).down = True
    kiosk.start(site.project, site.person)
    site.later(hours=2)
    kiosk.end(site.project, site.person)
    kiosk.form(site.project, site.person, day_of(site.clock.now()).isoformat())
    assert shown(kiosk, "SELECT state, counted_s FROM visit") == [("valid", 7200)]
    network(kiosk).down = False
    kiosk.engine.round()
    for sql in ("SELECT id, state, counted_s, proof FROM visit", "SELECT id, note, complete FROM feedback"):
        assert shown(kiosk, sql) == site.rows(sql)
