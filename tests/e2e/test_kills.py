"""Kill -9 at named points of J1: what was shown as accepted is there once, whatever died when."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from core.clock import SystemClock
from server.app import make_state
from server.settings import load
from tests.e2e.kiosk_process import Died, KioskProcess
from tests.e2e.site import Morning, make_morning

pytestmark = pytest.mark.timeout(240)
STARTED, ENDED = "已开始执业", "已结束执业"
BEFORE_PAINT = ("before-journal", "journalled", "cached")
AFTER_PAINT = ("painted", "push-sent", "push-answered", "blob-sent", "pull-fetched", "pull-applied")
AT_SERVER = ("push-recorded", "push-committed")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Morning:
    """Made once for each worker."""
    return make_morning(tmp_path_factory.mktemp("morning"))


@pytest.fixture
def morning(template: Morning, tmp_path: Path) -> Iterator[Morning]:
    """A fresh copy; its server is not running."""
    made = template.copy_to(tmp_path / "site")
    yield made
    made.server.kill()


def attend(kiosk: KioskProcess, action: str) -> None:
    """Touches the project, presses the action, answers the question."""
    kiosk.press("project_*")
    kiosk.press(action)
    if action == "start":
        kiosk.press("claim_no")


def start_until_dead(kiosk: KioskProcess) -> bool:
    """Starts a visit; whether it was shown as accepted before the process died."""
    try:
        attend(kiosk, "start")
        kiosk.see(STARTED)
    except Died:
        return False
    return True


def rows(morning: Morning) -> list[tuple[str, str]]:
    """Person and state of every visit in the office, and that facts and entries stand there once."""
    state = make_state(load(morning.server.environment), SystemClock())
    try:
        with state.store.reading() as db:
            twice = db.execute(text("SELECT id FROM journal_entry GROUP BY id HAVING count(*) > 1")).all()
            assert twice == []
            return [
                (row.person_id, row.state) for row in db.execute(text("SELECT person_id, state FROM visit"))
            ]
    finally:
        state.store.close()


def wait_for_office(morning: Morning, expected: list[tuple[str, str]], seconds: float = 40) -> None:
    """Waits until the office has exactly these visits."""
    end = time.monotonic() + seconds
    found = rows(morning)
    while found != expected and time.monotonic() < end:
        time.sleep(0.3)
        found = rows(morning)
    assert found == expected


def end_offline_then_sync(morning: Morning) -> None:
    """After the restart the visit is open, is ended without a network, and is in the office once afterwards."""
    morning.server.kill()
    kiosk = morning.kiosk()
    try:
        kiosk.see("在场：")
        attend(kiosk, "end")
        kiosk.see(ENDED)
        morning.server.start()
        wait_for_office(morning, [(morning.person, "valid")])
    finally:
        kiosk.close()


@pytest.mark.rule("S-13")
@pytest.mark.parametrize("point", BEFORE_PAINT)
def test_killed_before_anything_is_painted(morning: Morning, point: str) -> None:
    """Everything above works with no network: what is in the journal is open after the restart, the rest never was."""
    kiosk = morning.kiosk(ZHIYE_CRASH_POINTS="1", ZHIYE_CRASH_AT=point)
    shown = start_until_dead(kiosk)
    assert not shown
    kiosk.wait_dead()
    if point == "before-journal":
        again = morning.kiosk()
        again.see("现在无人在场")
        again.close()
        assert rows(morning) == []
    else:
        end_offline_then_sync(morning)


@pytest.mark.rule("S-13")
@pytest.mark.parametrize("point", AFTER_PAINT)
def test_killed_after_accepted_was_painted(morning: Morning, point: str) -> None:
    """Works with no network for 7 days and longer: what was shown as accepted reaches the office once."""
    crash = {} if point == "painted" else {"ZHIYE_CRASH_POINTS": "1", "ZHIYE_CRASH_AT": point}
    kiosk = morning.kiosk(**crash)
    assert start_until_dead(kiosk)
    if point == "painted":
        kiosk.kill()
    else:
        morning.server.start()
        kiosk.wait_dead()
    end_offline_then_sync(morning)


@pytest.mark.rule("S-13")
@pytest.mark.parametrize("point", AT_SERVER)
def test_the_server_killed_while_it_takes_the_push(morning: Morning, point: str) -> None:
    """Acknowledged means committed: what was not answered is pushed again, what was committed is known."""
    kiosk = morning.kiosk()
    assert start_until_dead(kiosk)
    try:
        morning.server.start({"ZHIYE_CRASH_POINTS": "1", "ZHIYE_CRASH_AT": point})
    except (AssertionError, subprocess.SubprocessError):
        pytest.fail("the server did not come up")
    end = time.monotonic() + 40
    while morning.server.running() and time.monotonic() < end:
        time.sleep(0.1)
    assert not morning.server.running()
    kiosk.kill()
    end_offline_then_sync(morning)
