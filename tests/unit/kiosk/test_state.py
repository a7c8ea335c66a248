"""The bar says how syncing stands: nothing green that is not so."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.clock import ms_of
from core.errors import NotAllowed
from core.geo.fix import Fix
from kiosk.adapters.state import KioskStatus
from kiosk.location import FixedLocator
from sync.errors import Offline, ProtocolError
from sync.status import StatusBoard
from tests.fakes.clock import FakeClock

NOW = ms_of(FakeClock().now())


@pytest.fixture
def board() -> StatusBoard:
    return StatusBoard()


@pytest.fixture
def status(board: StatusBoard, tmp_path: Path) -> KioskStatus:
    return KioskStatus(board, FixedLocator(31.2304, 121.4737), tmp_path)


def test_before_the_first_round_nothing_is_called_synced(board: StatusBoard, status: KioskStatus) -> None:
    assert not status.sync().contacted
    assert status.last_contact().text == "尚未同步"
    board.change(last_contact_ms=NOW)
    assert status.sync().contacted
    assert status.last_contact().text == "2026-03-02 09:00"


def test_being_offline_is_no_failure(board: StatusBoard, status: KioskStatus) -> None:
    board.change(offline_since_ms=NOW, trouble=Offline("offline", "无法连接服务器"))
    assert not status.sync().failing
    assert status.trouble() is None


@pytest.mark.parametrize(
    "error",
    [
        ProtocolError("push-stuck", "服务器没有接收本机的记录。"),
        NotAllowed("devices.session", "设备身份验证未通过"),
    ],
)
def test_what_keeps_syncing_from_its_end_is_told_with_its_hint(
    board: StatusBoard, status: KioskStatus, error: ProtocolError | NotAllowed
) -> None:
    board.change(last_contact_ms=NOW, trouble=error)
    assert status.sync().failing
    told = status.trouble()
    assert told is not None
    assert (told.sentence, told.hint, told.stops_all) == (error.sentence, error.hint, False)


def test_a_worker_that_has_ended_is_the_worst_of_it(board: StatusBoard, status: KioskStatus) -> None:
    board.change(trouble=ProtocolError("x", "y"), stopped=True)
    told = status.trouble()
    assert told is not None and told.code == "kiosk.sync_stopped"


def test_a_machine_without_a_receiver_says_so(tmp_path: Path) -> None:
    class Nothing:
        def newest(self) -> Fix | None:
            """None ever."""
            return None

        def trouble(self) -> str:
            """Why."""
            return "本机没有定位设备"

    assert KioskStatus(StatusBoard(), Nothing(), tmp_path).position().text == "本机没有定位设备"


def test_a_full_disk_stops_and_a_small_one_warns(
    status: KioskStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    for free, code, stops in ((10**6, "kiosk.disk_full", True), (10**8, "kiosk.disk_low", False)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _path, free=free: SimpleNamespace(free=free))
        status.look()
        told = status.trouble()
        assert told is not None and (told.code, told.stops_all) == (code, stops)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=10**10))
    status.look()
    assert status.trouble() is None


@pytest.mark.rule("D-1")
def test_a_revoked_kiosk_says_what_becomes_of_its_records(board: StatusBoard, status: KioskStatus) -> None:
    """The journal is uploaded into quarantine and then wiped: who stands there reads it, and can't begin anything."""
    board.change(revoked=True, trouble=NotAllowed("devices.revoked", "本设备已停用"))
    trouble = status.trouble()
    assert trouble is not None and trouble.stops_all
    assert "已停用" in trouble.sentence and "隔离" in trouble.hint
