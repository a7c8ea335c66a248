"""修改项目 and its conflicts: written down at once, refusals keep what was typed, both values stay to choose from."""

from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from core.drafts.merge import GroupEdit
from core.errors import Refused
from core.projects.commands import EditProject
from desktop.ports import Me, SyncState
from desktop.screens.projects.edit_dialog import DONE, LOCKED
from desktop.screens.projects.info_view import UNANSWERED
from tests.gui.desktop.conftest import OfficeDesk, texts

NAME = "上海中心城区示范大厦消防设施检测"
CLIENT = "上海申江物业管理有限公司"
FULL = Refused("disk", "磁盘空间不足，修改没有保存", "请清理磁盘后再试", rule="U-1")


def act_as(desk: OfficeDesk, name: str) -> None:
    """One of the agency's people logs in."""
    desk.me = Me("account-2", "someone", name, desk.rows.persons[name], desk.rows.agency)


def info(desk: OfficeDesk) -> Any:
    part = desk.detail("信息")
    desk.until(lambda: part.why_not_terminate.text())
    return part


@pytest.fixture
def quiet(desk: OfficeDesk) -> OfficeDesk:
    """A project on which nobody has practised yet."""
    desk.project = desk.rows.project(NAME, number="HT-2026-0100")
    return desk


def dialog_of(desk: OfficeDesk) -> Any:
    part = info(desk)
    part.edit.click()
    return part.edit_dialog


def shown(part: Any) -> str:
    """Every word on the tab."""
    return "\n".join(made.text() for made in part.findChildren(QLabel) if made.isVisible())


def test_an_edit_without_network_stands_at_once_and_says_that_the_server_has_not_answered(
    quiet: OfficeDesk,
) -> None:
    quiet.sync.now_state = SyncState(online=False)
    dialog = dialog_of(quiet)
    assert {name: field.text() for name, field in dialog.fields.items()} == {
        "name": NAME, "client": CLIENT, "district": "黄浦区", "address": "人民大道 120 号",
        "contract_number": "HT-2026-0100", "starts_on": "2026-01-01", "ends_on": "2026-12-31",
    }  # fmt: skip
    assert not dialog.yes.isEnabled() and dialog.missing.text() == "还没有修改"
    dialog.fields["name"].setText("示范大厦二期")
    dialog.fields["address"].setText("人民大道 121 号")
    dialog.yes.click()
    quiet.until(lambda: not dialog.isVisible())
    place = {"district": "黄浦区", "address": "人民大道 120 号"}
    assert quiet.drafts.written == [
        EditProject(
            project_id=quiet.project,
            edits=[
                GroupEdit(group="name", seen={"name": NAME}, value={"name": "示范大厦二期"}),
                GroupEdit(group="place", seen=place, value=place | {"address": "人民大道 121 号"}),
            ],
        )
    ]
    part = quiet.detail("信息")
    quiet.until(lambda: "示范大厦二期" in shown(part) and UNANSWERED in shown(part))
    assert quiet.window.messages.text() == DONE and quiet.online.ran == []
    quiet.drafts.answered()
    quiet.arrived()
    quiet.until(lambda: UNANSWERED not in shown(part) and "人民大道 121 号" in shown(part))


def test_what_cannot_be_written_down_is_told_in_the_dialog_and_stays_typed(quiet: OfficeDesk) -> None:
    dialog = dialog_of(quiet)
    dialog.fields["client"].setText("新物业")
    quiet.drafts.trouble = FULL
    dialog.yes.click()
    quiet.until(dialog.note.isVisible)
    assert dialog.note.text() == "磁盘空间不足，修改没有保存。请清理磁盘后再试。"
    assert dialog.fields["client"].text() == "新物业" and dialog.yes.isEnabled()
    quiet.drafts.trouble = None
    dialog.yes.click()
    quiet.until(lambda: quiet.drafts.written and not dialog.isVisible())


@pytest.mark.rule("J-4")
def test_a_taken_contract_number_is_refused_with_its_sentence(quiet: OfficeDesk) -> None:
    """Contract: number (unique in the agency)."""
    quiet.rows.project("别的项目", number="HT-2026-0200")
    dialog = dialog_of(quiet)
    dialog.fields["contract_number"].setText("HT-2026-0200")
    dialog.yes.click()
    quiet.until(dialog.note.isVisible)
    assert "已有同一合同编号的项目" in dialog.note.text() and quiet.drafts.written == []
    assert dialog.fields["contract_number"].text() == "HT-2026-0200"
    dialog.reject()


@pytest.mark.rule("J-2", "J-4")
@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("name", " ", "请填写项目名称"),
        ("client", "", "请填写委托单位"),
        ("contract_number", "", "请填写合同编号"),
        ("ends_on", "2025-12-31", "合同开始日期不能晚于结束日期"),
        ("starts_on", "20260101", "日期格式不正确"),
        ("starts_on", "昨天", "2026-11-23"),
    ],
)
def test_faults_are_told_while_one_types(quiet: OfficeDesk, name: str, text: str, fault: str) -> None:
    """Submitting lists every fault. Contract: number, signed, start, end; start ≤ end."""
    dialog = dialog_of(quiet)
    dialog.fields[name].setText(text)
    assert fault in dialog.missing.text() and not dialog.yes.isEnabled()
    dialog.reject()


@pytest.mark.rule("J-2")
def test_every_fault_is_told_at_once(quiet: OfficeDesk) -> None:
    """Submitting checks all at once and lists every fault, not the first."""
    dialog = dialog_of(quiet)
    for name, text in (("client", ""), ("starts_on", "明天")):
        dialog.fields[name].setText(text)
    assert "合同开始日期" in dialog.missing.text() and "请填写委托单位" in dialog.missing.text()
    assert "不能晚于" not in dialog.missing.text()
    height = dialog.fields["name"].height()
    dialog.fields["name"].clear()
    dialog.fields["ends_on"].setText("后天")
    quiet.qtbot.wait(50)
    assert dialog.fields["name"].height() >= height  # more words make a higher dialog, not narrower fields
    dialog.reject()


@pytest.mark.rule("J-8")
def test_after_the_first_visit_only_the_name_can_be_edited(busy: OfficeDesk) -> None:
    """After the first visit has started these are locked: client, district, address, contract number, dates."""
    dialog = dialog_of(busy)
    assert [name for name, field in dialog.fields.items() if field.isEnabled()] == ["name"]
    assert LOCKED in shown(dialog)
    dialog.fields["name"].setText("改了名")
    dialog.yes.click()
    busy.until(lambda: len(busy.drafts.written) == 1)


@pytest.mark.rule("A-3")
def test_a_member_is_told_who_may_edit_and_the_lead_may(quiet: OfficeDesk) -> None:
    """Rights come from the part that one has."""
    act_as(quiet, "孙晓燕")
    part = info(quiet)
    assert not part.edit.isEnabled() and part.why_not_edit.text() == "由项目负责人或公司管理人员修改"
    quiet.window.close()
    act_as(quiet, "赵国强")
    quiet.open()
    assert info(quiet).edit.isEnabled()


@pytest.mark.rule("J-7")
def test_an_ended_project_is_not_edited(desk: OfficeDesk) -> None:
    """Nothing else is possible."""
    desk.project = desk.rows.project("结束的项目", state="terminated")
    part = info(desk)
    assert not part.edit.isEnabled() and part.why_not_edit.text() == "已终止的项目不能再修改"


def clashing(desk: OfficeDesk, **more: Any) -> Any:
    """The tab of a project whose name two people have written."""
    desk.rows.conflict(desk.project, "name", {"name": "示范大厦三期"}, **more)
    part = info(desk)
    desk.until(lambda: part.conflicts.isVisible())
    desk.quiet()  # what comes next is the choice's own doing
    return part


def test_both_values_stand_side_by_side_with_who_and_when(quiet: OfficeDesk) -> None:
    quiet.rows.device("财务室电脑", device_id=quiet.computer, kind="desktop")
    part = clashing(quiet, device_id=quiet.computer)
    words = shown(part.conflicts)
    assert (
        words.index("现在的内容")
        < words.index(NAME)
        < words.index("修改的内容")
        < words.index("示范大厦三期")
    )
    assert "项目名称" in words and "钱文（财务室电脑）的修改，2026-03-01 08:00" in words
    assert quiet.projects().detail.clash.text() == "1 处修改冲突"


def test_adopting_writes_the_other_value_and_settles(quiet: OfficeDesk) -> None:
    part = clashing(quiet)
    part.conflicts.buttons[0][1].click()
    quiet.until(lambda: not part.conflicts.isVisible())
    [written] = quiet.drafts.written
    assert isinstance(written, EditProject)
    edit = GroupEdit(group="name", seen={"name": NAME}, value={"name": "示范大厦三期"})
    assert written.edits == [edit] and len(written.settles) == 1
    quiet.until(lambda: "示范大厦三期" in shown(part) and UNANSWERED in shown(part))
    progress = quiet.detail("进度")
    quiet.until(lambda: "项目名称的冲突已处理" in progress.line.accessibleDescription())


def test_keeping_changes_no_word_and_settles(quiet: OfficeDesk) -> None:
    part = clashing(quiet)
    part.conflicts.buttons[0][0].click()
    quiet.until(lambda: not part.conflicts.isVisible())
    [written] = quiet.drafts.written
    assert isinstance(written, EditProject) and written.edits == [] and len(written.settles) == 1
    quiet.until(lambda: UNANSWERED in shown(part) and NAME in shown(part))


def test_what_stands_now_is_shown_not_what_stood_when_the_conflict_arose(quiet: OfficeDesk) -> None:
    quiet.rows.change(quiet.project, name="后来又改的名")
    part = clashing(quiet, theirs={"name": "当时的名"})
    assert "后来又改的名" in shown(part.conflicts) and "当时的名" not in shown(part.conflicts)


def test_a_choice_that_cannot_be_written_is_told_and_can_be_made_again(quiet: OfficeDesk) -> None:
    part = clashing(quiet)
    quiet.drafts.trouble = FULL
    keep = part.conflicts.buttons[0][0]
    keep.click()
    quiet.until(lambda: "磁盘空间不足" in quiet.window.messages.text())
    assert keep.isEnabled() and part.conflicts.isVisible()


@pytest.mark.rule("J-8")
def test_what_a_visit_has_locked_is_not_adopted_but_can_be_kept(busy: OfficeDesk) -> None:
    """After the first visit has started these are locked: client, district, address."""
    busy.rows.conflict(busy.project, "client", {"client": "新物业"})
    part = info(busy)
    busy.until(lambda: part.conflicts.isVisible())
    busy.quiet()
    keep, adopt = part.conflicts.buttons[0]
    adopt.click()
    busy.until(lambda: "项目已开始执业" in busy.window.messages.text())
    assert busy.drafts.written == [] and keep.isEnabled()
    keep.click()
    busy.until(lambda: not part.conflicts.isVisible())


@pytest.mark.rule("A-3")
def test_a_member_sees_the_conflict_and_who_may_choose(quiet: OfficeDesk) -> None:
    """Rights come from the part that one has."""
    act_as(quiet, "孙晓燕")
    part = clashing(quiet)
    assert "由项目负责人或公司管理人员修改" in part.conflicts.title.text()
    assert not any(made.isEnabled() for made in part.conflicts.buttons[0])


def test_the_table_marks_it_and_the_sync_screen_leads_to_it(busy: OfficeDesk) -> None:
    for group, value in (("name", {"name": "甲"}), ("client", {"client": "乙"})):
        busy.rows.conflict(busy.project, group, value)
    busy.rows.conflict(busy.project, "name", {"name": "丙"}, settled_ms=1, kept="theirs")
    busy.open()
    screen = busy.projects()
    busy.until(lambda: screen.model.rowCount())
    assert [name for name in texts(screen.model, 1) if "修改冲突" in name] == [f"【修改冲突】{NAME}"]
    busy.window.go("sync")
    links = busy.window.current().conflicts
    busy.until(lambda: links.isVisible())
    assert "1 个项目有 2 处修改冲突" in links.title.text()
    [link] = links.links
    assert link.text() == f"{NAME}（2 处）"
    link.click()
    detail = busy.projects().detail
    assert detail.tabs.tabText(detail.tabs.currentIndex()) == "信息"
    busy.until(lambda: detail.clash.isVisible() and detail.clash.text() == "2 处修改冲突")
