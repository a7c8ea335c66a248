"""The day's form: kept at every change, back again with its face, sent only after its warning."""

from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QWidget

from core.errors import Conflict, Refused, Unreachable
from kiosk.shown import Action, ItemOutcome, OnSite
from kiosk.states import Confirming, Filling, Idle, Photographing, Submitted
from tests.gui.kiosk.conftest import Hand


def open_form(hand: Hand) -> None:
    hand.look(Action.FORM, hand.kiosk.accepted(Action.FORM))
    hand.until(Filling)
    hand.find(QPlainTextEdit, "work")


def answer(hand: Hand, question: str, number: int) -> None:
    inside = hand.find(QWidget, question).findChild(QPushButton, f"answer_{number}")
    assert inside is not None
    inside.click()


def fill(hand: Hand) -> None:
    hand.find(QPlainTextEdit, "work").setPlainText("完成末端试水")
    answer(hand, "complete", 0)


@pytest.mark.rule("F-2")
def test_it_shows_everybodys_times_and_why_zero(hand: Hand) -> None:
    """F-2: It holds: people, times, counted minutes and why zero."""
    open_form(hand)
    words = hand.words()
    for text in ("王丽", "2 小时 05 分", "李强", "0 分，超距执业", "张伟民", "执业中", "填写人 王丽"):
        assert text in words


def test_a_half_filled_form_comes_back_with_its_face(hand: Hand) -> None:
    open_form(hand)
    fill(hand)
    hand.wait_seconds(60)
    hand.until(Idle)
    hand.qtbot.waitUntil(lambda: hand.kiosk.forms.kept is not None)
    assert "完成末端试水" not in hand.words(), "the next person does not see it"
    open_form(hand)
    assert hand.find(QPlainTextEdit, "work").toPlainText() == "完成末端试水"
    assert hand.window.desk.forming.draft.complete is True


def test_typing_is_kept_without_leaving(hand: Hand) -> None:
    open_form(hand)
    hand.find(QPlainTextEdit, "remarks").setPlainText("钥匙在门卫")
    hand.qtbot.waitUntil(lambda: hand.kiosk.forms.kept is not None)
    assert hand.kiosk.forms.kept is not None
    assert hand.kiosk.forms.kept.remarks == "钥匙在门卫"


def test_what_is_missing_is_said(hand: Hand) -> None:
    open_form(hand)
    hand.press("submit")
    hand.until_reads("还不能提交：请填写完成的工作；请回答现场工作是否已全部完成")
    assert isinstance(hand.state, Filling)


@pytest.mark.rule("S-9")
def test_who_loses_his_time_is_named_before_sending(hand: Hand) -> None:
    """S-9: When the day's feedback is submitted, every other visit still open is closed and counts zero."""
    hand.kiosk.forms.closing = (OnSite("z", "张伟民", hand.kiosk.clock.now()),)
    open_form(hand)
    fill(hand)
    hand.press("submit")
    hand.until(Confirming)
    assert "张伟民" in hand.reads("closing")
    assert "清零（反馈单已提交）" in hand.reads("closing")
    hand.press("back")
    assert isinstance(hand.state, Filling)
    assert hand.find(QPlainTextEdit, "work").toPlainText() == "完成末端试水"
    hand.press("submit")
    hand.until(Confirming)
    hand.press("confirm")
    hand.until(Submitted)
    assert hand.reads("sentence") == "执业反馈单已提交"
    assert [draft.work for draft in hand.kiosk.forms.submitted] == ["完成末端试水"]


def test_nobody_is_named_where_nobody_loses(hand: Hand) -> None:
    open_form(hand)
    fill(hand)
    hand.press("submit")
    hand.until(Confirming)
    assert not [w for w in hand.window.findChildren(QLabel, "closing") if w.isVisible()]


def test_a_form_that_is_refused_keeps_what_was_typed(hand: Hand) -> None:
    open_form(hand)
    fill(hand)
    hand.press("submit")
    hand.until(Confirming)
    hand.kiosk.forms.error = Conflict("form.twice", "今天的反馈单已由李强提交。", "您填写的内容已保留。")
    hand.press("confirm")
    hand.until_reads("今天的反馈单已由李强提交。您填写的内容已保留。")
    assert isinstance(hand.state, Filling)
    assert hand.find(QPlainTextEdit, "work").toPlainText() == "完成末端试水"


def test_a_form_that_may_not_be_opened_says_why(hand: Hand) -> None:
    hand.kiosk.forms.error = Refused("form.other", "今天的反馈单由李强填写。", "请联系李强。", rule="F-1")
    hand.look(Action.FORM, hand.kiosk.accepted(Action.FORM))
    hand.until_reads("今天的反馈单由李强填写。请联系李强。")
    hand.until(Idle)


def test_a_problem_gets_a_photo_and_loses_no_words(hand: Hand) -> None:
    open_form(hand)
    hand.press("add_problem")
    hand.find(QPlainTextEdit, "problem_0").setPlainText("三层应急灯不亮")
    hand.find(QPushButton, "photo_0").click()
    hand.until(Photographing)
    hand.press("shoot")
    hand.until(Filling)
    problems = hand.window.desk.forming.draft.problems
    assert [(p.text, [photo.id for photo in p.photos]) for p in problems] == [("三层应急灯不亮", ["photo-1"])]
    assert hand.find(QPlainTextEdit, "problem_0").toPlainText() == "三层应急灯不亮"
    hand.find(QPushButton, "remove_0").click()
    assert hand.window.desk.forming.draft.problems == problems, "one touch throws nothing away"
    hand.find(QPushButton, "remove_0").click()
    assert hand.window.desk.forming.draft.problems == ()


def test_a_maintenance_period_is_ticked_off(hand: Hand) -> None:
    hand.kiosk.maintenance()
    open_form(hand)
    answer(hand, "item_i1", 0)
    answer(hand, "item_i2", 2)
    hand.find(QPlainTextEdit, "note_i2").setPlainText("末端压力不足")
    entries = {entry.item_id: entry for entry in hand.window.desk.forming.draft.items}
    assert entries["i1"].outcome == ItemOutcome.DONE
    assert (entries["i2"].outcome, entries["i2"].note) == (ItemOutcome.ABNORMAL, "末端压力不足")
    assert entries["i3"].outcome is None
    hand.until_reads("第 3 期")


def test_a_sentence_that_often_fits_is_touched_and_not_typed(hand: Hand) -> None:
    open_form(hand)
    buttons: list[Any] = hand.window.page().findChildren(QPushButton)
    next(b for b in buttons if b.text() == "按检测方案完成现场检测").click()
    assert hand.window.desk.forming.draft.work == "按检测方案完成现场检测"


def test_a_photo_without_a_camera_says_why(hand: Hand) -> None:
    open_form(hand)
    hand.press("add_problem")
    hand.kiosk.camera.close()
    hand.kiosk.camera.broken = Unreachable("camera.absent", "没有找到摄像头。", "请检查摄像头的连接。")
    hand.find(QPushButton, "photo_0").click()
    hand.until(Photographing)
    hand.until_reads("没有找到摄像头。请检查摄像头的连接。")


def test_what_was_typed_last_is_kept_when_the_window_closes(hand: Hand) -> None:
    open_form(hand)
    hand.find(QPlainTextEdit, "remarks").setPlainText("钥匙在门卫")
    hand.window.close()
    assert hand.kiosk.forms.kept is not None
    assert hand.kiosk.forms.kept.remarks == "钥匙在门卫"


def test_one_photo_goes_and_the_problem_stays(hand: Hand) -> None:
    open_form(hand)
    hand.press("add_problem")
    hand.find(QPlainTextEdit, "problem_0").setPlainText("三层应急灯不亮")
    for _ in range(2):
        hand.find(QPushButton, "photo_0").click()
        hand.until(Photographing)
        hand.press("shoot")
        hand.until(Filling)
    for _ in range(2):
        hand.find(QPushButton, "remove_photo_0_1").click()
    left = hand.window.desk.forming.draft.problems[0]
    assert (left.text, len(left.photos)) == ("三层应急灯不亮", 1)


def test_a_problem_can_be_described_without_a_keyboard(hand: Hand) -> None:
    open_form(hand)
    hand.press("add_problem")
    buttons: list[Any] = hand.window.page().findChildren(QPushButton)
    next(b for b in buttons if b.text() == "设备故障，需维修").click()
    assert hand.window.desk.forming.draft.problems[0].text == "设备故障，需维修"


def test_nothing_of_a_form_stays_in_its_widgets(hand: Hand) -> None:
    open_form(hand)
    fill(hand)
    hand.press("submit")
    hand.until(Confirming)
    hand.press("confirm")
    hand.until(Submitted)
    hand.press("back")
    hand.until(Idle)
    hand.qtbot.waitUntil(lambda: not hand.window.findChildren(QPlainTextEdit))
    assert "王丽" not in "".join(label.text() for label in form_labels(hand))


def form_labels(hand: Hand) -> list[QLabel]:
    from kiosk.screens.form import FormScreen

    return hand.window.screens[FormScreen].findChildren(QLabel)
