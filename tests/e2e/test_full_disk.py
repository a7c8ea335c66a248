"""Disks that are really full, of a device and of the server: nothing is shown as accepted that is not written."""

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from sqlalchemy import text

from core.devices.commands import MakePairingCode
from core.disk import FULL
from core.errors import DomainError, Unreachable
from core.ids import new_id
from sync.errors import Damaged
from sync.status import standing
from tests.e2e.campaign import open_device, open_state
from tests.e2e.reckoning import check_device, check_server, lost_and_twice
from tests.e2e.roads import Road, attend
from tests.factories.world import PASSWORD
from tests.plugins.disks import SmallDisk, small_disk

pytestmark = pytest.mark.timeout(240)
STEP, LEVELS = 8 * 1024, 30
"""From nothing left to enough for a while: each file is the first one to find no room at some level."""


TOLD = {
    "本机磁盘空间不足，没有写入新的记录。", "本机磁盘空间不足，照片没有保存，本次操作没有记录。",
    "本机磁盘空间不足，数据暂时无法更新。",
}  # fmt: skip
"""Of the journal, the photos and the cache."""


@dataclass
class Site:
    """A road whose two ends lie on small disks."""

    road: Road
    office: SmallDisk
    kiosk: SmallDisk


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """New for each test: which file meets the end of its disk first depends on how far the others have grown."""
    with ExitStack() as stack:
        office = stack.enter_context(small_disk(tmp_path / "office", 64))
        kiosk = stack.enter_context(small_disk(tmp_path / "kiosk", 32))
        yield Site(Road(office.folder / "server", kiosk.folder / "device", stack), office, kiosk)


def check_all(site: Site, accepted: list[str]) -> None:
    """Everything goes on by itself once there is room: all that was accepted is there once."""
    site.road.round()
    assert (standing(site.road.device.status.now), site.road.device.status.now.trouble) == ("synced", None)
    with open_state(site.road.server) as state:
        assert lost_and_twice(state, accepted) == ([], [])
        check_server(state)
        check_device(state, site.road.device)
        with state.store.reading() as db:
            assert db.scalar(text("PRAGMA integrity_check")) == "ok"


def check_told(error: DomainError | None) -> None:
    """What happened, what was kept, what to do."""
    assert error is not None and error.code == FULL, error
    assert "磁盘空间不足" in error.sentence
    assert "没有丢失" in error.hint or "不会丢失" in error.hint
    assert "清理" in error.hint


@pytest.mark.rule("S-13")
@pytest.mark.expect_log("fact_not_shown")
def test_a_device_accepts_nothing_that_it_cannot_keep(site: Site) -> None:
    """Everything above works on the device itself: journal, cache and photos each meet a full disk, and go on."""
    road, chance = site.road, random.Random(7)
    people, accepted, told = road.people(chance), [], set()
    journal = road.device.journals.here().journal
    for level in range(LEVELS):
        site.kiosk.fill(level * STEP)
        for _ in range(5):
            head = journal.head()
            try:
                accepted += [one for one in [attend(road.device, people)] if one]
            except Damaged as error:
                check_told(error)
                told.add(error.sentence)
                assert journal.head() == head, "it was refused and written all the same"
        try:
            road.round()
        except Damaged as error:
            check_told(error)
            told.add(error.sentence)
            assert road.device.status.now.trouble is error
        assert all(journal.find(one) for one in accepted), "it was accepted and not written"
        assert not list(road.folder.rglob("*.part")), "half a photo keeps the disk full"
    assert len(accepted) > 5 and told == TOLD
    site.kiosk.make_room()
    check_all(site, accepted)


def test_a_device_starts_on_a_full_disk_or_says_why_not(site: Site) -> None:
    road = site.road
    road.device.close()
    accepted: list[str] = []
    for level in range(0, LEVELS, 3):
        site.kiosk.fill(level * STEP)
        try:
            with open_device(road.folder) as device:
                accepted += [one.id for one in device.journals.here().journal.after(0)]
        except Damaged as error:
            check_told(error)
        site.kiosk.make_room()
    road.reopen()
    assert all(road.device.journals.here().journal.find(one) for one in accepted)
    check_all(site, [])


@pytest.mark.rule("S-13")
def test_a_server_with_a_full_disk_says_so_and_loses_nothing(site: Site) -> None:
    """Everything above works meanwhile; the devices keep what they have, and send it when there is room."""
    road, chance = site.road, random.Random(8)
    people, accepted, told = road.people(chance), [], 0
    for level in range(LEVELS):
        site.office.fill(level * STEP)
        accepted += [one for one in (attend(road.device, people) for _ in range(5)) if one]
        try:
            road.round()
        except Unreachable:
            told += 1
            assert standing(road.device.status.now) == "offline"
        if road.device.status.now.trouble is not None:
            check_told(road.device.status.now.trouble)
        assert not list(road.server.folder.rglob("incoming-*")), "half a photo keeps the disk full"
    assert told > 5
    site.office.make_room()
    check_all(site, accepted)
    assert '"event": "bug"' not in road.server.log()


def test_a_command_on_a_full_disk_is_answered_with_a_problem_and_may_come_again(site: Site) -> None:
    road = site.road
    token = road.device.transport.log_in("manager1", PASSWORD)["token"]
    site.office.fill()
    asked = MakePairingCode(
        agency_id=road.world.agency, kind="kiosk", code_hash=new_id().replace("-", "") * 2
    )
    command_id = new_id()
    with pytest.raises(Unreachable) as caught:
        road.device.submitter.online(asked, token=token, command_id=command_id)
    check_told(caught.value)
    body = {"agency_id": asked.agency_id, "kind": "kiosk", "code_hash": asked.code_hash}
    answer = requests.post(
        f"{road.server.address}/api/v1/commands", timeout=30, headers={"Authorization": f"Bearer {token}"},
        json={"id": command_id, "name": "devices.code", "version": 1, "body": body},
    )  # fmt: skip
    assert (answer.status_code, answer.headers["Content-Type"]) == (507, "application/problem+json")
    assert answer.headers["Retry-After"].isdigit()
    assert answer.json()["code"] == FULL
    site.office.make_room()
    road.device.submitter.online(asked, token=token, command_id=command_id)
    with open_state(road.server) as state, state.store.reading() as db:
        logged = db.execute(text("SELECT outcome FROM audit_log WHERE command_id = :id"), {"id": command_id})
        assert logged.all() == [("accepted",)]


def test_a_server_that_dies_on_a_full_disk_comes_up_with_all_that_it_had(site: Site) -> None:
    road, people = site.road, site.road.people(random.Random(9))
    accepted = [one for one in (attend(road.device, people) for _ in range(20)) if one]
    road.round()
    site.office.fill()
    more = [one for one in (attend(road.device, people) for _ in range(20)) if one]
    with pytest.raises(Unreachable):
        road.round()
    road.server.kill()
    road.server.launch()
    while road.server.running() and not road.server.answers():
        time.sleep(0.1)
    if not road.server.running():
        assert "服务器磁盘空间不足" in road.server.log()
    road.server.kill()
    assert "Traceback" not in road.server.log()
    site.office.make_room()
    road.server.start()
    check_all(site, accepted + more)
