"""The first window of a start: what can't be opened is told there, with the way out, and never as a traceback."""

import json
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.ids import new_id
from core.wire.signing import new_key_pair
from desktop.__main__ import _open_log
from desktop.app import Program
from desktop.front import DEMO, Front
from desktop.pairing.presenter import PairingPresenter
from desktop.pairing.view import PairingPage
from desktop.settings import parse
from sync import leaving
from sync.keys import choose_source, load_or_make
from sync.pairing import Pairing
from tests.fakes.office import FakePairing
from tests.gui.desktop.conftest import dressed

Start = Callable[[Path], Front]


@pytest.fixture
def start(qtbot: QtBot, qapp: Any) -> Iterator[Start]:
    dressed(qapp)
    programs: list[Program] = []

    def begin(folder: Path) -> Front:
        program = Program(parse(["--folder", str(folder), "--name", "财务室电脑"]))
        programs.append(program)
        qtbot.addWidget(program.front)
        program.begin()
        return program.front

    begin.programs = programs  # type: ignore[attr-defined]
    yield begin
    for program in programs:
        program.front.close()
        program.close()


def refusal(front: Front, qtbot: QtBot) -> str:
    """What the window says when it can go no further; the way out is there."""
    out = front.findChild(QPushButton, "front_quit")
    assert out is not None
    qtbot.waitUntil(out.isVisible)
    said = front.words()
    out.click()
    assert not front.isVisible()
    return said


def test_a_fresh_folder_leads_to_the_pairing(start: Start, tmp_path: Path, qtbot: QtBot) -> None:
    front = start(tmp_path / "new")
    qtbot.waitUntil(lambda: front.pairing is not None and front.pairing.isVisible())
    assert front.pairing is not None and front.pairing.name.text() == "财务室电脑"


def test_a_damaged_pairing_file_is_a_sentence(start: Start, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "pairing.json").write_text("{", encoding="utf8")
    said = refusal(start(tmp_path), qtbot)
    assert "本机的配对信息文件已损坏。" in said and "请保留数据目录" in said


@pytest.mark.rule("D-2")
@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
def test_a_key_that_others_may_read_is_a_sentence(start: Start, tmp_path: Path, qtbot: QtBot) -> None:
    """Personal data is encrypted at rest on devices."""
    (tmp_path / "device.key").write_bytes(b"k" * 64)
    (tmp_path / "device.key").chmod(0o644)
    assert "可被其他用户读取" in refusal(start(tmp_path), qtbot)


def test_a_folder_that_is_none_is_a_sentence(start: Start, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "file").write_text("", encoding="utf8")
    said = refusal(start(tmp_path / "file"), qtbot)
    assert said.startswith("数据文件夹无法读写") and "磁盘空间" in said


def test_a_damaged_journal_is_a_sentence(start: Start, tmp_path: Path, qtbot: QtBot) -> None:
    key = new_key_pair().public.hex()
    pairing = {"address": "http://127.0.0.1:1", "kind": "desktop", "name": "电脑", "device_id": new_id(),
               "agency_id": new_id(), "sign_public": key, "box_public": key}  # fmt: skip
    (tmp_path / "pairing.json").write_text(json.dumps(pairing), encoding="utf8")
    (tmp_path / "journal.db").write_bytes(b"no journal " * 1000)
    assert "本机数据文件的密钥不正确" in refusal(start(tmp_path), qtbot)


def test_the_number_of_an_unexpected_error_is_in_the_log(tmp_path: Path) -> None:
    root = logging.getLogger()
    before, level = root.handlers, root.level
    try:
        _open_log(tmp_path / "data")
        logging.getLogger("core.qt.errors").error("unexpected_error", extra={"event_id": "0123"})
    finally:
        made, root.handlers, root.level = root.handlers, before, level
        for handler in made:
            handler.close()
    assert "unexpected_error" in (tmp_path / "data" / "desktop.log.jsonl").read_text(encoding="utf8")


def test_a_folder_that_takes_no_log_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf8")
    before = logging.getLogger().handlers
    _open_log(tmp_path / "file")
    assert logging.getLogger().handlers == before


def test_the_demo_says_so_before_anybody_logs_in(qtbot: QtBot, qapp: Any) -> None:
    front = Front()
    qtbot.addWidget(front)
    front.show()
    presenter = PairingPresenter(FakePairing())
    page = PairingPage(front.tasks, presenter, lambda: None, "财务室电脑", front.show_demo)
    front.show_pairing(page)
    page.server.setText("https://demo.example.cn")
    page.server.editingFinished.emit()
    qtbot.waitUntil(lambda: "演示" in front.windowTitle())
    assert any(made.text() == DEMO and made.isVisible() for made in front.findChildren(QLabel))
    page.server.setText("https://zhiye.example.cn")
    page.server.editingFinished.emit()
    qtbot.waitUntil(lambda: "演示" not in front.windowTitle())
    front.close()


def test_missing_certificates_are_said_at_the_start(tmp_path: Path, qtbot: QtBot, qapp: Any) -> None:
    dressed(qapp)
    program = Program(parse(["--folder", str(tmp_path), "--certificates", str(tmp_path / "none.pem")]))
    qtbot.addWidget(program.front)
    program.begin()
    assert "找不到服务器证书文件“none.pem”" in refusal(program.front, qtbot)
    program.close()


def paired_as(folder: Path) -> None:
    """Leaves the folder of a desktop that has been admitted."""
    pairing = Pairing(
        address="http://127.0.0.1:9", kind="desktop", name="财务室电脑", device_id=new_id(), agency_id=new_id(),
        sign_public=new_key_pair().public.hex(), box_public="09" + "00" * 31,
    )  # fmt: skip
    (folder / "pairing.json").write_bytes(msgspec.json.encode(pairing))


@pytest.mark.rule("D-1")
def test_a_revoked_computer_with_something_new_goes_on(start: Start, tmp_path: Path, qtbot: QtBot) -> None:
    """Nothing is deleted before it is uploaded: and nobody is told that it was."""
    paired_as(tmp_path)
    front = start(tmp_path)
    qtbot.waitUntil(lambda: front.login is not None and front.login.isVisible())
    program = start.programs[-1]  # type: ignore[attr-defined]
    device = program.device
    journal = device.journals.here().journal
    leaving.mark(tmp_path, journal.id, journal.head())
    photo = device.outbox.put(b"a photo of the last moment")
    device.status.change(left=True)
    qtbot.waitUntil(lambda: program.device not in (None, device), timeout=10_000)
    assert front.login is not None and front.login.isVisible()
    assert program.device.outbox.waiting() == [photo] and (tmp_path / "device.key").exists()


@pytest.mark.rule("D-1")
def test_a_revoked_computer_clears_itself_when_the_server_has_everything(
    start: Start, tmp_path: Path, qtbot: QtBot
) -> None:
    """And then wiped: the window says so, and the next start is that of a new computer."""
    secrets = load_or_make(choose_source(tmp_path, {}))
    paired_as(tmp_path)
    front = start(tmp_path)
    qtbot.waitUntil(lambda: front.login is not None and front.login.isVisible())
    program = start.programs[-1]  # type: ignore[attr-defined]
    journal = program.device.journals.here().journal
    leaving.mark(tmp_path, journal.id, journal.head())
    program.device.status.change(left=True)
    assert leaving.SENTENCE in refusal(front, qtbot)
    assert not list(tmp_path.glob("*.db")) and secrets.keys.public
    program.close()
    again = start(tmp_path)
    qtbot.waitUntil(lambda: again.pairing is not None and again.pairing.isVisible())
