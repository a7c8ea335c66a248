"""The status board: one snapshot at a time, told only when it is another one."""

import pytest

from core.errors import NotAllowed
from sync.errors import Damaged, Offline
from sync.status import Standing, Status, StatusBoard, standing

AWAY, FULL = Offline("server-unreachable", "无法连接服务器"), Damaged("disk-full", "磁盘空间不足")
OVER = NotAllowed("devices.revoked", "本设备已停用")


def test_a_listener_hears_each_change_once() -> None:
    board, heard = StatusBoard(), []
    board.listen(heard.append)
    board.change(waiting=2)
    board.change(waiting=2)
    board.change(waiting=0, offline_since_ms=5)
    assert heard == [Status(waiting=2), Status(waiting=0, offline_since_ms=5)]
    assert board.now == heard[-1]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status(), "never"),
        (Status(waiting=3), "never"),
        (Status(last_contact_ms=1), "synced"),
        (Status(last_contact_ms=1, waiting=1), "sending"),
        (Status(last_contact_ms=1, sending=True), "sending"),
        (Status(offline_since_ms=2, trouble=AWAY), "offline"),
        (Status(last_contact_ms=1, offline_since_ms=2, trouble=AWAY, waiting=1), "offline"),
        (Status(last_contact_ms=1, trouble=OVER, revoked=True), "trouble"),
        (Status(last_contact_ms=1, offline_since_ms=2, trouble=FULL), "trouble"),
        (Status(last_contact_ms=1, trouble=AWAY), "trouble"),
        (Status(last_contact_ms=1, stopped=True), "trouble"),
        (Status(last_contact_ms=1, offline_since_ms=2, trouble=AWAY, stopped=True), "trouble"),
    ],
)
def test_only_a_complete_round_is_synced(status: Status, expected: Standing) -> None:
    """Revoked, parted, on a full disk or stopped: none of these may read as 已同步."""
    assert standing(status) == expected
