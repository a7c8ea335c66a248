"""The sync status as Qt signals: told on the window's thread, whoever changes it."""

import threading

from pytestqt.qtbot import QtBot

from sync.qt import StatusSignals
from sync.status import Status, StatusBoard


def test_a_change_on_another_thread_arrives_on_the_windows(qtbot: QtBot) -> None:
    board = StatusBoard()
    signals = StatusSignals(board)
    heard: list[tuple[Status, int]] = []
    signals.changed.connect(lambda status: heard.append((status, threading.get_ident())))
    with qtbot.waitSignal(signals.changed):
        thread = threading.Thread(target=lambda: board.change(waiting=3))
        thread.start()
        thread.join()
    qtbot.waitUntil(lambda: bool(heard))
    assert heard[0][0] == Status(waiting=3) == signals.now
