"""What a round asks for and what it lets go: scopes that stand still, another past, faces without a right."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from core.context import Actor
from core.devices.commands import RevokeDevice
from core.errors import NotAllowed, Unreachable
from core.visits.commands import AttemptFailed
from core.wire.push import ChangePage, Cursor, PushAnswer, PushRequest
from sync.errors import Offline
from sync.status import standing
from tests.database.test_sync_submit import PENDING, VISITS, Site, network, shown
from tests.factories.devices import Kiosk
from tests.fakes.transport import FakeServer, MemoryTransport


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.close()


def templates(kiosk: Kiosk) -> int:
    """The faces that a gallery would find."""
    [(count,)] = shown(kiosk, "SELECT count(*) FROM project_face")
    return count


@pytest.mark.rule("D-1")
def test_a_revoked_device_is_told_loses_the_faces_and_keeps_its_journal(site: Site) -> None:
    """D-1: templates go at once; what it wrote stays, for it may still be wanted."""
    kiosk = site.kiosk()
    entry = kiosk.start(site.project, site.person)
    assert templates(kiosk) > 0
    contact = kiosk.status.now.last_contact_ms
    site.office(RevokeDevice(agency_id=site.world.agency, device_id=kiosk.device_id))
    with pytest.raises(NotAllowed):
        kiosk.engine.round()
    assert templates(kiosk) == 0
    assert shown(kiosk, "SELECT count(*) FROM server_row WHERE table_name = 'project_face'") == [(0,)]
    assert kiosk.journal.find(entry.id) is not None
    assert shown(kiosk, VISITS) == [(entry.id, "open")]
    status = kiosk.status.now
    assert (status.revoked, standing(status), status.last_contact_ms) == (True, "trouble", contact)
    kiosk.restart()
    assert templates(kiosk) == 0


@pytest.mark.rule("D-2")
@pytest.mark.parametrize("rebooted", [False, True])
def test_templates_lapse_after_30_days_without_contact_and_come_back_with_it(
    site: Site, rebooted: bool
) -> None:
    """D-2: templates lapse after 30 days without contact."""
    kiosk = site.kiosk()
    count = templates(kiosk)
    network(kiosk).down = True
    for days, left in ((29, count), (2, 0)):
        site.later(days=days)
        if rebooted:
            kiosk.kill()
            kiosk.clock.reboot(0)
            kiosk.open()
        with pytest.raises(Unreachable):
            kiosk.engine.round()
        assert templates(kiosk) == left
    assert shown(kiosk, "SELECT count(*) FROM project") == [(1,)]
    network(kiosk).down = False
    kiosk.engine.round()
    assert templates(kiosk) == count


@pytest.mark.rule("D-2")
def test_a_clock_that_was_moved_lets_no_template_lapse(site: Site) -> None:
    """D-2, S-11: in one boot the trusted time decides, not the wall clock."""
    kiosk = site.kiosk()
    kiosk.clock.move_wall(40 * 24 * 3_600_000)
    network(kiosk).down = True
    with pytest.raises(Unreachable):
        kiosk.engine.round()
    assert templates(kiosk) > 0


def asked(kiosk: Kiosk) -> list[str]:
    """What one round asks of the server."""
    found: list[str] = []
    network(kiosk).watch = lambda what: found.append(what.removesuffix(" asked"))
    kiosk.engine.round()
    network(kiosk).watch = lambda _what: None
    return [what for what in found if not what.endswith(" done")]


@pytest.mark.parametrize("older", [False, True])
def test_a_round_with_nothing_new_asks_for_no_scope(site: Site, older: bool) -> None:
    """Unless the server is older and does not say where its scopes stand."""
    for _ in range(3):
        site.world.project()
    site.server.older = older
    kiosk = site.kiosk()
    kiosk.engine.round()
    quiet = asked(kiosk)
    assert quiet.count("changes") == (9 if older else 0)
    assert older or quiet == ["time", "push", "scopes"]
    site.another_device()
    assert asked(kiosk).count("changes") == (9 if older else 1)
    assert shown(kiosk, "SELECT count(*) FROM device") == [(2,)]
    kiosk.restart()
    assert asked(kiosk).count("changes") == (9 if older else 0)


def test_a_server_that_learns_to_say_where_it_stands_is_believed_from_then_on(site: Site) -> None:
    site.server.older = True
    kiosk = site.kiosk()
    site.server.older = False
    assert asked(kiosk)[3:] == ["pages"], "all three in one answer"
    assert asked(kiosk)[3:] == []
    site.server.older = True
    site.another_device()
    asked(kiosk)
    site.server.older = False
    assert asked(kiosk)[3:] == ["pages"], "what an older server has sent is not what a head was kept for"


class ThinLine(MemoryTransport):
    """A line on which every answer about more than so many scopes breaks off."""

    most = 100

    def __init__(self, server: FakeServer, device_id: str) -> None:
        super().__init__(server, device_id)
        self.asked: list[int] = []

    def pages(self, asked: Mapping[str, Cursor]) -> list[ChangePage]:
        """The server has answered in any case."""
        self.asked.append(len(asked))
        found = super().pages(asked)
        if len(asked) > self.most:
            raise Offline("server-unreachable", "无法连接服务器")
        return found

    def changes(self, scope: str, cursor: Cursor) -> ChangePage:
        """A single question."""
        self.asked.append(1)
        return super().changes(scope, cursor)


@pytest.mark.parametrize(("most", "sizes"), [(100, [9]), (4, [9, 4, 4, 1]), (1, [9, 4, 2, *[1] * 9])])
def test_after_an_answer_that_broke_off_less_is_asked_for_at_once(
    site: Site, most: int, sizes: list[int]
) -> None:
    """However thin the line, each round gets further than the last, or asks for less; then for all at once again."""
    kiosk = site.kiosk(ThinLine)
    line = kiosk.transport
    assert isinstance(line, ThinLine)
    for again in range(2):
        for _ in range(4):
            site.world.project()
        site.another_device()
        line.asked, line.most = [], most
        broken = sum(size > most for size in sizes)
        for _ in range(broken):
            with pytest.raises(Unreachable):
                kiosk.engine.round()
        kiosk.engine.round()
        assert line.asked == sizes
        assert shown(kiosk, "SELECT count(*) FROM project") == [(5 + 4 * again,)]


def test_another_past_with_the_same_numbers_is_noticed(site: Site) -> None:
    """A restored server that goes on reaches the same numbers with other commits: they differ by their hashes."""
    kiosk = site.kiosk()
    backup = site.folder / "backup.db"
    site.server.copy_to(backup)
    for _ in range(2):
        site.another_device()
        kiosk.engine.round()
        found = shown(kiosk, "SELECT id FROM device ORDER BY id")
        assert found == site.rows("SELECT id FROM device ORDER BY id")
        site.server.restore(backup)
    kiosk.engine.round()
    assert shown(kiosk, "SELECT count(*) FROM device") == [(1,)]


@pytest.mark.parametrize("moment", ["scopes", "rows"])
@pytest.mark.parametrize("known", [True, False])
def test_a_server_restored_in_the_middle_of_a_round_hides_nothing(
    site: Site, moment: str, known: bool
) -> None:
    """What was answered by a past that is gone is shown as ours, and reaches the server in the next round."""
    kiosk = site.kiosk()
    backup = site.folder / "backup.db"
    site.server.copy_to(backup)
    entry = kiosk.start(site.project, site.person)
    if known:
        kiosk.engine.round()
    site.another_device()  # something to pull

    def restore(what: str) -> None:
        if what in ({"scopes asked"} if moment == "scopes" else {"changes asked", "pages asked"}):
            site.server.restore(backup)
            network(kiosk).watch = lambda _what: None

    network(kiosk).watch = restore
    kiosk.engine.round()
    assert shown(kiosk, VISITS) == [(entry.id, "open")]
    # Restored after it told that this project's scope stands where we are: the scope is asked for in the next round.
    unasked = known and moment == "rows"
    assert shown(kiosk, PENDING) == [(entry.id, not unasked)]
    kiosk.engine.round()
    assert site.rows(VISITS) == [(entry.id, "open")]
    assert shown(kiosk, PENDING) == [(entry.id, False)]


def test_what_is_recorded_while_a_backlog_is_sent_is_counted(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """People go on checking in while many portions leave: what waits is neither too few nor too many, never less
    than nothing.
    """
    monkeypatch.setattr("sync.journal.log.PUSH_BYTES", 1)  # a portion for each entry
    kiosk = site.kiosk()
    wrong = [AttemptFailed(project_id=site.project, action="start", reason="face.unknown") for _ in range(6)]
    for command in wrong[:3]:
        kiosk.submitter.submit(command, Actor("device", kiosk.device_id))
    told: list[int] = []
    push = kiosk.transport.push

    def busy(request: PushRequest) -> PushAnswer:
        if wrong[3:]:
            kiosk.submitter.submit(wrong.pop(), Actor("device", kiosk.device_id))
        answer = push(request)
        told.append(kiosk.status.now.waiting)
        return answer

    monkeypatch.setattr(kiosk.transport, "push", busy)
    kiosk.status.listen(lambda now: told.append(now.waiting))
    kiosk.engine.round()
    assert min(told) >= 0 and max(told) <= 6
    assert kiosk.status.now.waiting == kiosk.journal.deeds(0, None) - 6 == 0
