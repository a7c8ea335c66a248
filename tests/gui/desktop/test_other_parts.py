"""信息, 委托单位, 进度, 反馈与评价, 设备, 同步: what they show and do."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QPushButton

from core.clock import from_ms
from core.contacts.commands import ConfirmContact, InviteContact
from core.contacts.handlers import token_hash
from core.devices.codes import code_hash
from core.devices.commands import MakePairingCode, RevokeDevice
from core.errors import Conflict
from core.journals.commands import RefuseQuarantine, ReleaseQuarantine
from core.qt.wording import moment
from desktop.ports import Decision, Heard, JournalLine, Quarantine, SyncState
from desktop.screens.contacts.invitation import DEMO, SIDE
from desktop.screens.devices.view import EMPTY
from desktop.screens.feedback.form_view import SUPPLEMENT
from tests.factories.office import at
from tests.fakes.office import AWAY, NOT_MINE
from tests.gui.desktop.conftest import OfficeDesk, texts


def words(widget: Any) -> set[str]:
    return {label.text() for label in widget.findChildren(QLabel) if label.isVisible()}


def test_info_names_people_place_and_counted_time(busy: OfficeDesk) -> None:
    part = busy.detail("信息")
    busy.until(lambda: "在现场" in words(part))
    facts = {"赵国强", "项目负责人", "500 米", "3 小时 27 分", "上海申江物业管理有限公司"}
    busy.until(lambda: facts <= words(part))


def test_progress_tells_the_projects_life(busy: OfficeDesk) -> None:
    part = busy.detail("进度")
    busy.until(lambda: "委托单位评价" in part.line.accessibleDescription())
    assert "孙晓燕 提交执业反馈单" in part.line.accessibleDescription()


@pytest.mark.rule("C-1")
def test_an_invitation_is_a_code_with_a_link_and_only_its_hash_leaves(
    busy: OfficeDesk, tmp_path: Path
) -> None:
    """An invitation: a QR code with a single-use token (256 bit, 72 h)."""
    part = busy.detail("委托单位")
    busy.until(part.invite.isEnabled)
    part.invite.click()
    busy.until(lambda: part.dialog is not None)
    link = part.dialog.link.text()
    command = busy.online.ran[0]
    assert isinstance(command, InviteContact)
    token = link.rpartition("/")[2]
    assert command.token_hash == token_hash(token) and len(token) >= 43
    part.dialog.save_to(tmp_path / "code")
    assert QImage(str(tmp_path / "code.png")).width() >= 900
    part.dialog.close()


@pytest.mark.rule("C-2")
def test_a_waiting_contact_is_confirmed_online(busy: OfficeDesk) -> None:
    """The lead or a manager confirms the contact. Only then may a visit start."""
    part = busy.detail("委托单位")
    busy.until(lambda: "刘工" in texts(part.model, 0))
    part.listing.table.selectRow(texts(part.model, 1).index("待确认"))
    part.confirm.click()
    busy.until(lambda: busy.online.ran)
    assert isinstance(busy.online.ran[0], ConfirmContact)
    busy.until(lambda: "已确认" in busy.window.messages.text())
    assert busy.sync.woken == 1


def test_contacts_without_their_names_say_why(busy: OfficeDesk) -> None:
    busy.online.trouble = NOT_MINE
    part = busy.detail("委托单位")
    busy.until(lambda: "姓名暂时无法显示" in part.state.text())
    assert part.model.rowCount() == 2


@pytest.mark.parametrize("demo", [True, False])
def test_the_code_is_shown_whole_and_the_demos_says_so(busy: OfficeDesk, demo: bool) -> None:
    """Who photographs a demo's code sees that it is none of a real project; squeezed no phone would read it."""
    busy.me = replace(busy.me, demo=demo)
    part = busy.detail("委托单位")
    busy.until(part.invite.isEnabled)
    part.invite.click()
    busy.until(lambda: part.dialog is not None and part.dialog.isVisible())
    picture = next(one for one in part.dialog.findChildren(QLabel) if one.accessibleName() == "登记二维码")
    assert picture.height() >= SIDE
    shown = [one.text() for one in part.dialog.findChildren(QLabel)]
    assert (DEMO in shown) is demo
    part.dialog.accept()


def test_an_invitation_without_network_is_a_sentence(busy: OfficeDesk) -> None:
    part = busy.detail("委托单位")
    busy.online.trouble = AWAY
    busy.until(part.invite.isEnabled)
    part.invite.click()
    busy.until(lambda: "无法连接服务器" in busy.window.messages.text())
    assert part.invite.isEnabled() and part.dialog is None


@pytest.mark.rule("V-2")
def test_a_no_shows_as_a_dispute(busy: OfficeDesk) -> None:
    """A "no" among the six shows as a dispute to lead and supervisor."""
    part = busy.detail("反馈与评价")
    busy.until(lambda: part.model.rowCount() == 3)
    assert texts(part.model, 2) == ["有争议", "已评价", "补充"]
    busy.until(lambda: "评价说明：检测点位少于合同约定。" in words(part.form))
    busy.until(part.form.dispute.isVisible)
    busy.until(lambda: {"否", "内容一致"} <= words(part.form))
    busy.until(lambda: any("2. 三层东侧疏散指示灯不亮" in text for text in words(part.form)))


@pytest.mark.rule("F-4")
def test_a_displaced_form_is_shown_as_a_supplement(busy: OfficeDesk) -> None:
    """The other is 未采用: kept and shown as 补充, without effects."""
    part = busy.detail("反馈与评价")
    busy.until(lambda: part.model.rowCount() == 3)
    part.listing.table.selectRow(2)
    busy.until(lambda: SUPPLEMENT in words(part.form))
    busy.until(lambda: "本单未采用，不需要评价。" in words(part.form))


def test_forms_that_may_not_be_read_say_so(busy: OfficeDesk) -> None:
    busy.online.trouble = NOT_MINE
    part = busy.detail("反馈与评价")
    busy.until(lambda: part.form.why_not.isVisible())
    assert "没有进行此操作的权限" in part.form.why_not.text()


@pytest.mark.rule("D-1")
def test_a_manager_makes_a_pairing_code_that_is_shown_once(busy: OfficeDesk) -> None:
    """Is admitted by a manager."""
    window = busy.open()
    busy.until(lambda: len(window.navigation.keys()) == 3)
    window.go("devices")
    screen: Any = window.current()
    screen.kiosk.click()
    busy.until(lambda: screen.dialog is not None)
    command = busy.online.ran[0]
    assert isinstance(command, MakePairingCode) and command.kind == "kiosk"
    assert command.code_hash == code_hash(screen.dialog.code.text())
    assert screen.dialog.server.text() == "服务器地址：https://zhiye.example.cn"
    screen.dialog.close()
    screen.revoke_now(busy.rows.kiosk)
    busy.until(lambda: len(busy.online.ran) == 2)
    assert isinstance(busy.online.ran[1], RevokeDevice)


@pytest.mark.rule("D-1")
def test_a_manager_decides_about_what_a_revoked_device_has_left(busy: OfficeDesk) -> None:
    """A manager releases or refuses what is in quarantine, knowing how much it is and about whom."""
    kiosk = busy.rows.kiosk
    people = {"张一": 3, "李二": 1}
    busy.online.left_behind = {
        kiosk: Quarantine(kiosk, 4, ("2026-03-02", "2026-03-03"), people, complete=False)
    }
    window = busy.open()
    busy.until(lambda: len(window.navigation.keys()) == 3)
    window.go("devices")
    screen: Any = window.current()
    busy.until(lambda: "待处理隔离" in texts(screen.model, 2))
    bar = screen.quarantine
    assert not bar.isVisible()
    screen.listing.table.selectRow(screen.model.place_of(kiosk))
    busy.until(bar.isVisible)
    said = "隔离 4 条（2026-03-02、2026-03-03；张一 3 条、李二 1 条），设备可能还有记录没有上传"
    assert bar.line.text() == said
    bar.refuse.click()
    bar.asking.reason.setPlainText("设备遗失")
    assert not bar.asking.yes.isEnabled()
    bar.asking.reason.setPlainText("设备已经遗失")
    bar.asking.yes.click()
    busy.until(lambda: len(busy.online.ran) == 1)
    busy.online.left_behind = {}
    busy.online.decided = {kiosk: Decision(kiosk, at(3, 9), False, 4, "设备已经遗失", "赵国强")}
    bar.release.click()
    bar.asking.yes.click()
    busy.until(lambda: len(busy.online.ran) == 2)
    assert [type(one) for one in busy.online.ran] == [RefuseQuarantine, ReleaseQuarantine]
    assert [one.entries for one in busy.online.ran] == [4, 4]
    said = f"上次处理：{moment(from_ms(at(3, 9)))} 赵国强 拒收 4 条，原因：设备已经遗失"
    busy.until(lambda: bar.line.text() == said)
    assert bar.isVisible() and not bar.release.isVisible() and not bar.refuse.isVisible()


@pytest.mark.rule("D-1")
def test_a_manager_looks_again_when_more_has_come_than_he_saw(busy: OfficeDesk) -> None:
    """A manager releases or refuses what is in quarantine: what he has seen of it, and nothing that came after."""
    kiosk = busy.rows.kiosk
    busy.online.left_behind = {kiosk: Quarantine(kiosk, 3, ("2026-03-02",), {"张一": 3}, complete=False)}
    window = busy.open()
    busy.until(lambda: len(window.navigation.keys()) == 3)
    window.go("devices")
    screen: Any = window.current()
    busy.until(lambda: "待处理隔离" in texts(screen.model, 2))
    bar = screen.quarantine
    screen.listing.table.selectRow(screen.model.place_of(kiosk))
    busy.until(bar.isVisible)
    bar.refuse.click()
    bar.asking.reason.setPlainText("设备已经遗失")
    busy.online.left_behind = {kiosk: Quarantine(kiosk, 203, ("2026-03-02",), {"张一": 203}, complete=True)}
    busy.online.refused = Conflict("quarantine.changed", "隔离记录已有变化", "请核对后重新决定", rule="D-1")
    bar.asking.yes.click()
    busy.until(lambda: "隔离 203 条" in bar.line.text())
    assert not bar.asking.isVisible() and busy.online.ran == []
    assert "隔离记录已有变化" in window.messages.text()
    busy.online.refused = None
    bar.refuse.click()
    assert bar.asking.content() == "设备已经遗失"
    bar.asking.yes.click()
    busy.until(lambda: len(busy.online.ran) == 1)
    assert busy.online.ran[0].entries == 203


def test_sync_says_what_is_wrong_and_what_to_do(busy: OfficeDesk) -> None:
    busy.sync.now_state = SyncState(online=True, problem="本设备已停用", hint="请联系公司管理人员")
    window = busy.open()
    window.go("sync")
    screen: Any = window.current()
    assert screen.state.text() == "本设备已停用。请联系公司管理人员"
    assert screen.state.property("tone") == "warn"


def test_an_agency_without_devices_is_told_of_buttons_that_exist(busy: OfficeDesk) -> None:
    window = busy.open()
    window.go("devices")
    screen: Any = window.current()
    named = set(re.findall("“(.+?)”", EMPTY))
    assert named and named <= {made.text() for made in screen.findChildren(QPushButton)}


def test_sync_lists_what_waits_and_why_refused(busy: OfficeDesk) -> None:
    busy.sync.now_state = SyncState(online=False, offline_since=from_ms(at(8.5)), waiting=1, refused=1)
    busy.sync.entries = [
        JournalLine("2", "修改项目", from_ms(at(8.6)), "waiting", project="申江大厦"),
        JournalLine("1", "修改项目", from_ms(at(8.4)), "refused", "合同编号已被使用"),
    ]
    window = busy.open()
    window.go("sync")
    screen: Any = window.current()
    busy.until(lambda: screen.model.rowCount() == 2)
    lines = [tuple(texts(screen.model, column)[row] for column in range(1, 5)) for row in range(2)]
    assert lines == [
        ("修改项目", "申江大厦", "待上传", ""),
        ("修改项目", "—", "被退回", "合同编号已被使用"),
    ]
    assert texts(screen.model, 0) == [moment(line.written) for line in busy.sync.entries]
    assert "离线（自 08:30 起）" in screen.state.text()


def test_sync_shows_the_whole_of_a_long_reason(busy: OfficeDesk) -> None:
    """Why something was refused is what this screen is for: no window is so small that it ends in …"""
    long = "内容里有无法保存的字符，没有生效；原始记录已保留，请重新填写后再提交" * 2
    busy.sync.entries = [
        JournalLine("2", "修改项目", from_ms(at(8.6)), "refused", long),
        JournalLine("1", "修改项目", from_ms(at(8.4)), "refused", "合同编号已被使用"),
    ]
    window = busy.open()
    window.resize(960, 640)
    window.go("sync")
    screen: Any = window.current()
    busy.until(lambda: screen.model.rowCount() == 2)
    table = screen.listing.table
    line = table.fontMetrics().height()
    lines = -(-table.fontMetrics().horizontalAdvance(long) // (table.columnWidth(4) - 22))
    busy.until(lambda: table.rowHeight(0) >= lines * line > 2 * line)
    assert table.rowHeight(1) < 2 * line + 10


@pytest.mark.rule("D-1")
def test_managers_see_which_device_has_not_come_home(busy: OfficeDesk) -> None:
    """A device's last word and what is still waiting on it stand beside it, as the server knows them."""
    busy.online.last_heard = {busy.rows.kiosk: Heard(at(8.5), 12)}
    window = busy.open()
    busy.until(lambda: len(window.navigation.keys()) == 3)
    window.go("devices")
    screen: Any = window.current()
    busy.until(lambda: "12 项" in texts(screen.model, 6))
    assert moment(from_ms(at(8.5))) in texts(screen.model, 5)
    busy.online.trouble = AWAY
    screen.refresh()
    busy.until(screen.state.isVisible)
    assert "暂时无法更新：无法连接服务器" in screen.state.text()
    assert "12 项" in texts(screen.model, 6)  # what was known stays
