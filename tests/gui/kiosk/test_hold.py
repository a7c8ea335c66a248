"""One program on one data folder: the second says so, and a killed one is in nobody's way."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.errors import Conflict
from desktop.app import Program as Desktop
from desktop.settings import parse as parse_desktop
from kiosk.front import Front
from kiosk.options import parse
from kiosk.start import Program
from sync.errors import Damaged
from sync.qt import hold

_HOLDS = """
import sys, time, pathlib
from sync.qt import hold
lock = hold(pathlib.Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_a_killed_program_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", _HOLDS, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    with other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        try:
            with pytest.raises(Conflict, match="already-running"):
                hold(tmp_path)
        finally:
            other.kill()
            other.wait()
    assert list(tmp_path.iterdir())  # its lock is still there
    hold(tmp_path).unlock()


def test_a_folder_that_is_let_go_of_can_be_held_again(tmp_path: Path) -> None:
    hold(tmp_path / "new").unlock()
    hold(tmp_path / "new").unlock()
    assert not list((tmp_path / "new").iterdir())


def test_a_folder_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Damaged, match="folder-unusable"):
        hold(tmp_path / "file")


def test_a_second_kiosk_opens_nothing(tmp_path: Path, qtbot: QtBot) -> None:
    lock = hold(tmp_path)
    options = ["--folder", str(tmp_path), "--window", "--position", "31.2304,121.4737"]
    program = Program(parse(options))
    program.start()
    assert isinstance(program.window, Front)
    assert program.window.findChild(QLabel, "sentence").text() == "程序已在运行"  # type: ignore[union-attr]
    leave = program.window.findChild(QPushButton, "exit")
    assert leave is not None and leave.isVisible()
    leave.click()
    program.close()
    assert [file.name for file in tmp_path.iterdir()] == ["running.lock"]
    lock.unlock()
    again = Program(parse(options))
    again.start()
    assert not isinstance(again.window, Front)
    again.close()
    assert again.window is not None
    again.window.close()
    hold(tmp_path).unlock()


def test_a_second_desktop_opens_nothing(tmp_path: Path, qtbot: QtBot) -> None:
    lock = hold(tmp_path)
    program = Desktop(parse_desktop(["--folder", str(tmp_path)]))
    qtbot.addWidget(program.front)
    program.begin()
    leave = program.front.findChild(QPushButton, "front_quit")
    assert leave is not None
    qtbot.waitUntil(leave.isVisible)
    assert program.front.words().startswith("程序已在运行。")
    leave.click()
    program.close()
    assert [file.name for file in tmp_path.iterdir()] == ["running.lock"]
    lock.unlock()
