"""The frame and the windows before it: keys, search, rights, login, pairing."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from core.errors import Refused
from core.qt.tasks import Tasks
from desktop.front import Front
from desktop.login.presenter import OFFLINE, LoginPresenter
from desktop.login.view import LoginPage
from desktop.pairing.presenter import PairingPresenter
from desktop.pairing.view import PairingPage
from desktop.ports import Me, SyncState
from desktop.shell.loading import Loader
from desktop.shell.sync_light import GREY, SyncLight
from tests.fakes.office import AWAY, FakeOnline, FakePairing
from tests.gui.desktop.conftest import OfficeDesk, dressed


def test_who_manages_nothing_sees_no_devices(busy: OfficeDesk) -> None:
    busy.me = Me("a", "sun", "孙晓燕", busy.rows.persons["孙晓燕"], busy.rows.agency)
    window = busy.open()
    busy.quiet()
    assert list(window.navigation.keys()) == ["projects", "sync"]


def test_keys_lead_everywhere(busy: OfficeDesk) -> None:
    window = busy.open()
    busy.until(lambda: len(window.navigation.keys()) == 3)
    control = Qt.KeyboardModifier.ControlModifier
    busy.qtbot.waitActive(window) if window.isActiveWindow() else window.activateWindow()
    busy.qtbot.keyClick(window, Qt.Key.Key_2, control)
    busy.until(lambda: window.navigation.chosen() == "devices")
    busy.qtbot.keyClick(window, Qt.Key.Key_1, control)
    busy.until(lambda: window.navigation.chosen() == "projects")
    busy.qtbot.keyClick(window, Qt.Key.Key_F5)
    busy.until(lambda: busy.sync.woken == 1)
    window.messages.show_message("一句话")
    busy.qtbot.keyClick(window, Qt.Key.Key_Escape)
    busy.until(lambda: window.messages.text() == "")
    busy.qtbot.keyClick(window, Qt.Key.Key_K, control)
    busy.until(lambda: window.search.isVisible())
    window.search.hide()


def test_the_window_fits_a_small_office_screen(busy: OfficeDesk) -> None:
    window = busy.open()
    for tab in ("执业历史", "反馈与评价", "进度"):
        busy.detail(tab)
        busy.quiet()
    window.messages.show_message("一句话")
    busy.quiet()
    assert (window.width(), window.height()) == (1280, 800)
    assert window.minimumSizeHint().height() <= 700 and window.minimumSizeHint().width() <= 1024


def test_the_search_opens_a_project(busy: OfficeDesk) -> None:
    window = busy.open()
    window.search.begin()
    window.search.field.setText("示范 赵国强")
    busy.until(lambda: window.search.found.count() == 1 and "示范大厦" in window.search.found.item(0).text())
    busy.qtbot.keyClick(window.search.field, Qt.Key.Key_Return)
    busy.until(lambda: busy.projects().detail.isVisible())
    assert not window.search.isVisible()


def test_the_light_leads_to_what_waits(busy: OfficeDesk) -> None:
    window = busy.open()
    busy.sync.now_state = SyncState(online=False)
    window.show_sync()
    light = window.findChild(SyncLight)
    assert light is not None and light.colour() == GREY
    light.click()
    assert window.navigation.chosen() == "sync"


def test_logging_out_asks_the_program(busy: OfficeDesk) -> None:
    window = busy.open()
    out = window.findChild(QPushButton, "log_out")
    assert out is not None
    with busy.qtbot.waitSignal(window.leaving):
        out.click()


@pytest.fixture
def front(qtbot: QtBot, qapp: Any) -> Front:
    dressed(qapp)
    made = Front()
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_wrong_password_keeps_the_name(front: Front, qtbot: QtBot) -> None:
    entered: list[Me] = []
    online = FakeOnline(Me("a", "wangmin", "王敏", None, "agency"))
    page = LoginPage(front.tasks, LoginPresenter(online), entered.append, "https://zhiye.example.cn")
    front.show_login(page)
    page.name.setText("wangmin")
    page.password.setText("不对")
    page.sign_in()
    qtbot.waitUntil(lambda: page.note.isVisible())
    assert page.note.text() == "登录账号或密码不正确。请检查后重新输入。"
    assert (page.name.text(), page.password.selectedText() != "") == ("wangmin", True)
    page.password.setText(online.password)
    qtbot.keyClick(page.password, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(entered))
    front.close()


def test_without_a_server_what_was_typed_stays(front: Front, qtbot: QtBot) -> None:
    online = FakeOnline(Me("a", "wangmin", "王敏", None, "agency"), trouble=AWAY)
    page = LoginPage(front.tasks, LoginPresenter(online), lambda _me: None, "https://zhiye.example.cn")
    front.show_login(page)
    page.name.setText("wangmin")
    page.password.setText("口令")
    page.sign_in()
    qtbot.waitUntil(lambda: page.note.isVisible())
    assert OFFLINE in page.note.text()
    assert (page.name.text(), page.password.text()) == ("wangmin", "口令")
    front.close()


@pytest.mark.rule("D-1")
def test_a_wrong_pairing_code_is_a_sentence_and_the_form_stays(front: Front, qtbot: QtBot) -> None:
    """Has its own key pair, is admitted by a manager."""
    done: list[bool] = []
    wrong = Refused("devices.code_wrong", "配对码不正确", "请核对后重新输入", rule="D-1")
    pairing = FakePairing(trouble=wrong)
    page = PairingPage(front.tasks, PairingPresenter(pairing), lambda: done.append(True), "财务室电脑")
    front.show_pairing(page)
    page.pair()
    qtbot.waitUntil(lambda: "请输入服务器地址" in page.note.text())
    page.server.setText("zhiye.example.cn")
    page.code.setText("0000 0000")
    page.pair()
    qtbot.waitUntil(lambda: page.note.text() == "配对码不正确。请核对后重新输入。")
    assert page.code.text() == "0000 0000"
    pairing.trouble = None
    page.pair()
    qtbot.waitUntil(lambda: bool(done))
    assert pairing.done == [("zhiye.example.cn", "0000 0000", "财务室电脑")]
    front.close()


def test_a_loader_shows_the_newest_wish_only(qapp: Any, qtbot: QtBot) -> None:
    tasks = Tasks(lambda error: None)
    shown: list[str] = []
    loader: Loader[str] = Loader(tasks, shown.append)
    for key in ("一", "二", "三"):
        loader.ask(lambda key=key: key, key)
    qtbot.waitUntil(lambda: shown == ["三"])
    assert not loader.busy
    tasks.close()
