"""The status board: one snapshot at a time, told only when it is another one."""

from sync.status import Status, StatusBoard


def test_a_listener_hears_each_change_once() -> None:
    board, heard = StatusBoard(), []
    board.listen(heard.append)
    board.change(waiting=2)
    board.change(waiting=2)
    board.change(waiting=0, offline_since_ms=5)
    assert heard == [Status(waiting=2), Status(waiting=0, offline_since_ms=5)]
    assert board.now == heard[-1]
