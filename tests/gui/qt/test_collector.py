"""The collector: workers make garbage, only the GUI thread takes it away."""

import gc
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.qt.collector import Collector


@pytest.fixture
def collected() -> Iterator[list[int]]:
    """The threads on which collections ran, in their order."""
    threads: list[int] = []

    def heard(phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            threads.append(threading.get_ident())

    gc.callbacks.append(heard)
    yield threads
    gc.callbacks.remove(heard)


def litter() -> None:
    """More cycles than any threshold allows."""
    for _ in range(5000):
        circle: list[Any] = []
        circle.append(circle)


def test_garbage_of_a_worker_is_collected_on_the_gui_thread(qtbot: QtBot, collected: list[int]) -> None:
    worker = threading.Thread(target=litter)
    worker.start()
    worker.join()
    assert collected == [], "nothing is collected where it was made"
    qtbot.waitUntil(lambda: bool(collected))
    assert set(collected) == {threading.get_ident()}


def test_nothing_is_collected_while_there_is_little(collector: Collector, collected: list[int]) -> None:
    collector.look()
    collected.clear()
    collector.look()
    assert collected == []


PROGRAM = """
import gc
from PySide6.QtCore import QCoreApplication
from core.qt.collector import Collector
application = QCoreApplication([])
one, other = Collector(), Collector()
for collector in (one, one, other):
    print(gc.isenabled())
    collector.close()
print(gc.isenabled())
"""


def test_the_last_one_gives_collecting_back_however_often_another_is_closed() -> None:
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "False", "False", "True"]
