"""停用联系人, 补填反馈单, 重新开放, 终止: each says what follows, and keeps what was typed when it fails."""

from typing import Any

import pytest

from core.contacts.commands import EndContact
from core.errors import Refused
from core.projects.commands import ReopenProject, TerminateProject
from core.visits.commands import SubmitOfficeForm
from desktop.ports import Me
from desktop.screens.contacts.view import NOT_MINE as CONTACTS_NOT_MINE
from desktop.screens.feedback.office import NO_DAY, NOT_MINE
from desktop.shell.asking import KEPT
from tests.factories.office import at
from tests.fakes.office import AWAY
from tests.gui.desktop.conftest import OfficeDesk, texts

REASON = "委托单位提前解除合同"
BREACH = Refused("projects.move", "已完成的项目不能终止", "请刷新项目状态后再操作", rule="J-7")


def act_as(desk: OfficeDesk, name: str) -> None:
    """One of the agency's people logs in."""
    desk.me = Me("account-2", "someone", name, desk.rows.persons[name], desk.rows.agency)


def info(desk: OfficeDesk) -> Any:
    part = desk.detail("信息")
    desk.until(lambda: part.why_not_terminate.text())
    return part


@pytest.mark.rule("J-7")
def test_the_lead_terminates_with_a_reason_that_is_kept_when_nobody_answers(busy: OfficeDesk) -> None:
    """已提交, 已执业, 待复检 → 已终止: lead, with a reason of 5–500 characters."""
    act_as(busy, "赵国强")
    part = info(busy)
    part.terminate.click()
    dialog = part.dialog
    assert not dialog.yes.isEnabled()
    dialog.reason.setPlainText("不做了")
    assert not dialog.yes.isEnabled() and "5 至 500 字" in dialog.missing.text()
    dialog.reason.setPlainText(REASON)
    busy.online.trouble = AWAY
    dialog.yes.click()
    busy.until(dialog.note.isVisible)
    assert dialog.note.text() == f"无法连接服务器。{KEPT}" and dialog.reason.toPlainText() == REASON
    busy.online.trouble = None
    dialog.yes.click()
    busy.until(lambda: busy.online.ran and not dialog.isVisible())
    command = busy.online.ran[0]
    assert isinstance(command, TerminateProject) and command.reason == REASON
    first, second = busy.online.command_ids
    assert first == second  # one command, however often it is sent
    assert busy.window.messages.text() == "项目已终止。" and busy.sync.woken == 1


@pytest.mark.rule("J-7")
def test_a_refusal_is_a_sentence_and_what_was_typed_stays(busy: OfficeDesk) -> None:
    """Nothing else is possible."""
    act_as(busy, "赵国强")
    part = info(busy)
    part.terminate.click()
    part.dialog.reason.setPlainText(REASON)
    busy.online.trouble = BREACH
    part.dialog.yes.click()
    busy.until(part.dialog.note.isVisible)
    assert part.dialog.note.text() == "已完成的项目不能终止。请刷新项目状态后再操作。"
    assert part.dialog.reason.toPlainText() == REASON and part.dialog.yes.isEnabled()
    part.dialog.reject()


@pytest.mark.rule("J-7")
def test_a_manager_terminates_only_where_the_lead_is_gone(busy: OfficeDesk) -> None:
    """By the lead (a manager if he is gone)."""
    part = info(busy)
    assert not part.terminate.isEnabled() and part.why_not_terminate.text() == "由项目负责人终止"
    busy.rows.leave("赵国强")
    busy.arrived()
    busy.until(part.terminate.isEnabled)


@pytest.mark.rule("J-7")
def test_only_the_lead_reopens_what_was_practised(busy: OfficeDesk) -> None:
    """ "Complete" was ticked wrongly: lead reopens with a reason."""
    act_as(busy, "赵国强")
    part = info(busy)
    assert not part.reopen.isEnabled() and part.why_not_reopen.text() == "已提交的项目不能重新开放"
    busy.project = busy.rows.project("做完了的项目", state="practised")
    busy.detail("信息")
    busy.until(part.reopen.isEnabled)
    part.reopen.click()
    part.dialog.reason.setPlainText("误勾选了工作已完成")
    part.dialog.yes.click()
    busy.until(lambda: busy.online.ran)
    assert busy.online.ran[0] == ReopenProject(project_id=busy.project, reason="误勾选了工作已完成")


@pytest.mark.rule("J-7")
def test_a_member_is_told_who_may(busy: OfficeDesk) -> None:
    """By: lead."""
    act_as(busy, "孙晓燕")
    busy.project = busy.rows.project("做完了的项目", state="practised")
    part = info(busy)
    assert not part.reopen.isEnabled() and not part.terminate.isEnabled()
    assert part.why_not_reopen.text() == "由项目负责人重新开放"
    assert "公司管理人员" in part.why_not_terminate.text()


@pytest.mark.rule("C-4")
def test_a_contact_is_ended_with_a_reason(busy: OfficeDesk) -> None:
    """The lead or a manager can end a contact, with a reason."""
    part = busy.detail("委托单位")
    busy.until(lambda: "陈经理" in texts(part.model, 0))
    part.listing.table.selectRow(texts(part.model, 1).index("已确认"))
    chosen = part.listing.table.current_row()
    part.end.click()
    assert chosen.details.name in part.asking.windowTitle() and not part.asking.yes.isEnabled()
    part.asking.reason.setPlainText("已离职")
    part.asking.yes.click()
    busy.until(lambda: busy.online.ran)
    assert busy.online.ran[0] == EndContact(project_id=busy.project, contact_id=chosen.id, reason="已离职")


@pytest.mark.rule("C-1", "C-2", "C-4")
def test_a_member_reads_who_looks_after_contacts(busy: OfficeDesk) -> None:
    """The lead or a manager makes an invitation, confirms the contact, can end it."""
    act_as(busy, "孙晓燕")
    part = busy.detail("委托单位")
    busy.until(lambda: part.state.text() == CONTACTS_NOT_MINE)
    assert not any(made.isEnabled() for made in (part.invite, part.confirm, part.end))


@pytest.mark.rule("F-1")
def test_the_office_writes_the_form_of_a_day_on_which_nobody_is_left(busy: OfficeDesk) -> None:
    """If he is gone or was closed by the system, the lead, else a manager, in the desktop."""
    busy.rows.visit(busy.project, "周立", at(9, -3), None, "zeroed", reasons=["overtime"], closed_by="system",
                    closed_ms=at(9, -2))  # fmt: skip
    part = busy.detail("反馈与评价")
    busy.until(part.write.isEnabled)
    assert "2026-02-27" in part.why_not.text()
    part.write.click()
    dialog = part.dialog
    assert not dialog.yes.isEnabled()
    dialog.work_done.setPlainText("检查消火栓系统")
    dialog.problems.setPlainText("水带老化\n\n指示灯不亮")
    dialog.complete.setChecked(True)
    busy.online.trouble = AWAY
    dialog.yes.click()
    busy.until(dialog.note.isVisible)
    assert dialog.work_done.toPlainText() == "检查消火栓系统"
    busy.online.trouble = None
    dialog.yes.click()
    busy.until(lambda: busy.online.ran)
    command = busy.online.ran[0]
    assert isinstance(command, SubmitOfficeForm)
    assert (command.day, command.complete) == ("2026-02-27", True)
    assert command.text.problems == ["水带老化", "指示灯不亮"]
    assert command.form_id in busy.online.asked


@pytest.mark.rule("F-1")
def test_no_form_is_written_for_who_is_still_there_nor_by_a_member(busy: OfficeDesk) -> None:
    """Filled by exactly one person who has ended his visit; else by the lead, else a manager."""
    busy.project = busy.rows.project("有人在现场的项目")
    busy.rows.visit(busy.project, "周立", at(8.5), None, "open")
    part = busy.detail("反馈与评价")
    busy.until(lambda: part.why_not.text() == NO_DAY)
    assert not part.write.isEnabled()
    busy.window.close()
    act_as(busy, "孙晓燕")
    busy.open()
    part = busy.detail("反馈与评价")
    busy.until(lambda: part.why_not.text() == NOT_MINE)
    assert not part.write.isEnabled()
