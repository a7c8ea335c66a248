"""A person looks into the camera: greeted, refused, paused; J1 and J2 as the screens see them."""

from collections.abc import Callable
from threading import Event
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QPushButton

from core.errors import Refused, Unreachable
from kiosk.screens.looking import LookingScreen
from kiosk.shown import Action, Progress, Request, Tone
from kiosk.states import Choosing, Claiming, Idle, Looking, Paused, TurnedAway, Welcomed
from tests.fakes.kiosk import STRANGER, FakeKiosk, jpeg
from tests.gui.kiosk.conftest import Hand


@pytest.mark.rule("S-6")
def test_a_start_from_touch_to_greeting(hand: Hand) -> None:
    """S-6: Starting asks whether this person will fill the day's feedback form (manual: 点击确认)."""
    portrait = jpeg(np.full((400, 300, 3), 200, np.uint8))
    hand.kiosk.check_ins.script = [*hand.kiosk.looks(), hand.kiosk.accepted(Action.START, portrait=portrait)]
    hand.touch("project_p1")
    hand.press("start")
    assert isinstance(hand.until(Claiming), Claiming)
    assert hand.reads("question") == "是否由您填写今天的执业反馈单？"
    hand.press("claim_yes")
    hand.until(Welcomed)
    assert hand.kiosk.check_ins.requests == [Request("p1", Action.START, claims=True)]
    assert (hand.reads("name"), hand.reads("done")) == ("王丽", "已开始执业")
    hand.until_reads("2026-03-02 09:00")
    assert "结束执业" in hand.reads("next")
    hand.press("finish")
    assert isinstance(hand.state, Idle)


def test_an_end_says_what_counts_and_leads_to_the_form(hand: Hand) -> None:
    hand.look(Action.END, hand.kiosk.accepted(Action.END))
    hand.until(Welcomed)
    assert hand.reads("done") == "已结束执业"
    assert hand.reads("counted") == "本次执业计时 2 小时 05 分"
    assert hand.find(QPushButton, "open_form").text() == "填写反馈单"


@pytest.mark.rule("S-7")
def test_an_end_that_counts_zero_says_why(hand: Hand) -> None:
    """S-7: Ending is accepted anywhere. Outside the radius: zero, 超距执业."""
    zero = hand.kiosk.accepted(
        Action.END, counted="时长清零：超距执业（距项目 1.2 公里）", counted_tone=Tone.BAD, form_due=False
    )
    hand.look(Action.END, zero)
    hand.until(Welcomed)
    assert "超距执业" in hand.reads("counted")
    assert hand.find(QLabel, "counted").property("tone") == "bad"


def test_one_instruction_at_a_time(hand: Hand) -> None:
    hand.look(Action.END, Progress("请眨眼", None, 0.7, ready=True))
    hand.qtbot.waitUntil(lambda: hand.reads("instruction") == "请眨眼")
    screen = hand.window.page()
    assert isinstance(screen, LookingScreen)
    assert screen.view.has_picture()


@pytest.mark.rule("S-3")
def test_a_stranger_is_refused_thrice_and_then_waits(hand: Hand) -> None:
    """S-3: Three failures: a pause of 60 s, and the attempts are recorded."""
    hand.look(Action.END, STRANGER)
    hand.until(TurnedAway)
    assert hand.reads("sentence") == "没有认出您"
    assert "摘下口罩" in hand.reads("hint")
    assert "留存" in hand.reads("small")
    for _ in range(2):
        hand.press("retry")
        hand.qtbot.waitUntil(lambda: not isinstance(hand.state, Looking))
    hand.until(Paused)
    assert hand.reads("sentence") == "请在 60 秒后再试"
    last = "上一次：没有认出您。请确认您是本项目的人员，摘下口罩、正对摄像头后重试。"
    assert hand.reads("small") == f"{last}每次尝试都已留存。"
    hand.wait_seconds(20)
    assert hand.reads("sentence") == "请在 40 秒后再试"
    hand.press("back")
    hand.look(Action.END, STRANGER)
    assert isinstance(hand.state, Paused)
    hand.wait_seconds(40)
    assert isinstance(hand.state, Idle)


@pytest.mark.rule("S-4")
def test_what_forbids_the_start_is_said_before_anybody_looks(hand: Hand) -> None:
    """S-4: No position: no start."""
    hand.kiosk.check_ins.error = Refused(
        "place.none", "没有定位，不能开始执业。", "请到室外等待定位。", rule="S-4"
    )
    hand.look(Action.END)
    away = hand.until(TurnedAway)
    assert (away.refused.sentence, away.refused.hint) == ("没有定位，不能开始执业。", "请到室外等待定位。")


def test_a_missing_camera_is_said(make: Callable[..., Hand], kiosk: FakeKiosk) -> None:
    kiosk.camera.broken = Unreachable("camera.gone", "找不到摄像头。", "请检查摄像头的连接。")
    hand = make()
    hand.look(Action.END, STRANGER)
    assert hand.until(TurnedAway).refused.sentence == "找不到摄像头。"


def test_a_camera_without_picture_is_said(hand: Hand) -> None:
    hand.kiosk.camera.silent = True
    hand.look(Action.END, STRANGER)
    hand.kiosk.clock.advance(seconds=7)
    assert hand.until(TurnedAway).refused.code == "camera.silent"


@pytest.mark.expect_log("unexpected_error")
def test_a_bug_in_the_check_is_no_dead_end(hand: Hand) -> None:
    hand.look(Action.END, ZeroDivisionError("bug"))
    assert hand.until(TurnedAway).refused.code == "bug"
    hand.press("back")
    assert isinstance(hand.state, Idle)


def test_cancelling_cancels_the_check_and_the_start_switches_the_camera_off(hand: Hand) -> None:
    hand.look(Action.END, Progress("靠近一点"))
    hand.qtbot.waitUntil(lambda: bool(hand.kiosk.check_ins.made))
    hand.qtbot.waitUntil(lambda: hand.state.progress is not None)
    hand.press("back")
    assert isinstance(hand.state, Choosing)
    hand.qtbot.waitUntil(lambda: hand.kiosk.check_ins.made[0].cancelled)
    hand.wait_seconds(60)
    hand.qtbot.waitUntil(lambda: not hand.kiosk.camera.is_open)
    assert hand.kiosk.camera.opened == 1


def test_a_fact_that_was_written_meanwhile_is_shown_after_cancelling(hand: Hand) -> None:
    gate, begun = Event(), Event()

    class Slow:
        def feed(self, frame: Any) -> Any:
            begun.set()
            gate.wait(5)
            return hand.kiosk.accepted(Action.END)

        def cancel(self) -> None: ...

    hand.kiosk.check_ins.begin = lambda request: Slow()  # type: ignore[method-assign,assignment,return-value]
    hand.look(Action.END)
    hand.qtbot.waitUntil(begun.is_set)
    hand.press("back")
    gate.set()
    assert hand.until(Welcomed).accepted.name == "王丽"


def test_the_window_never_waits_for_the_face(hand: Hand) -> None:
    gate, gaps, last = Event(), [], [0.0]

    class Slow:
        def feed(self, frame: Any) -> Any:
            gate.wait(0.4)
            return Progress("请稍候")

        def cancel(self) -> None: ...

    def beat() -> None:
        from time import perf_counter

        gaps.append(perf_counter() - last[0])
        last[0] = perf_counter()

    hand.kiosk.check_ins.begin = lambda request: Slow()  # type: ignore[method-assign,assignment,return-value]
    hand.look(Action.END)
    timer = QTimer()
    timer.timeout.connect(beat)
    timer.start(5)
    hand.qtbot.wait(900)
    timer.stop()
    gate.set()
    gaps.sort()
    assert gaps[int(len(gaps) * 0.9)] < 0.05


def test_a_camera_that_was_pulled_out_comes_back_with_another_try(hand: Hand) -> None:
    hand.look(Action.END, Progress("请保持不动"))
    hand.qtbot.waitUntil(lambda: hand.window.desk.looker.picture() is not None)
    hand.kiosk.camera.is_open = False
    hand.kiosk.camera.broken = Unreachable("camera.absent", "没有找到摄像头")
    hand.kiosk.clock.advance(seconds=7)
    assert hand.until(TurnedAway).refused.code == "camera.silent"
    assert hand.window.desk.looker.picture() is None
    hand.kiosk.camera.broken = None
    hand.press("retry")
    hand.until(Looking)
    hand.qtbot.waitUntil(lambda: hand.kiosk.camera.is_open)
    hand.qtbot.waitUntil(lambda: hand.state.progress is not None)


def test_a_camera_that_comes_back_in_time_goes_on_by_itself(hand: Hand) -> None:
    hand.look(Action.END, Progress("请保持不动"))
    hand.qtbot.waitUntil(lambda: hand.state.progress is not None)
    hand.kiosk.camera.is_open = False
    opened = hand.kiosk.camera.opened
    hand.kiosk.clock.advance(seconds=3)
    hand.qtbot.waitUntil(lambda: hand.kiosk.camera.opened == opened + 1)
    fed = hand.kiosk.check_ins.made[0].fed
    hand.qtbot.waitUntil(lambda: hand.kiosk.check_ins.made[0].fed > fed)
    assert isinstance(hand.state, Looking)


def test_a_camera_that_stays_away_is_told_as_what_keeps_it_away(hand: Hand) -> None:
    hand.look(Action.END, Progress("请保持不动"))
    hand.qtbot.waitUntil(lambda: hand.state.progress is not None)
    hand.kiosk.camera.is_open = False
    hand.kiosk.camera.broken = Unreachable("camera.absent", "没有找到摄像头", "请检查摄像头连接和权限")
    for _ in range(2):
        hand.kiosk.clock.advance(ms=2500)
        hand.qtbot.wait(60)
        assert isinstance(hand.state, Looking), "it may come back"
    hand.kiosk.clock.advance(ms=2500)
    refused = hand.until(TurnedAway).refused
    assert (refused.code, refused.hint) == ("camera.absent", "请检查摄像头连接和权限")


@pytest.mark.rule("S-3")
@pytest.mark.parametrize("tried", [False, True])
def test_pulling_the_camera_out_is_a_try_once_a_face_was_compared(hand: Hand, tried: bool) -> None:
    """S-3: Three failures: a pause of 60 s, and the attempts are recorded."""
    hand.look(Action.END, Progress("请保持不动", ready=True, tried=tried))
    hand.qtbot.waitUntil(lambda: hand.state.progress is not None)
    hand.kiosk.camera.silent = True
    hand.kiosk.clock.advance(seconds=7)
    refused = hand.until(TurnedAway).refused
    assert (refused.code, refused.face_failed) == ("camera.silent", tried)
    hand.qtbot.waitUntil(lambda: hand.kiosk.check_ins.made[0].cancelled)


@pytest.mark.rule("S-3")
def test_cancelling_the_challenge_three_times_pauses(hand: Hand) -> None:
    """S-3: Three failures: a pause of 60 s, and the attempts are recorded."""
    for _ in range(3):
        hand.look(Action.END, Progress("请眨眨眼", ready=True, tried=True))
        hand.until(Looking)
        hand.qtbot.waitUntil(lambda: hand.state.progress is not None)
        hand.press("back")
    hand.until(Paused)
    hand.qtbot.waitUntil(lambda: all(check.cancelled for check in hand.kiosk.check_ins.made))


@pytest.mark.expect_log("unexpected_error")
def test_a_bug_promises_nothing_about_what_was_written(hand: Hand) -> None:
    hand.look(Action.END, ZeroDivisionError("bug"))
    hand.until(TurnedAway)
    assert hand.reads("small") == "是否已经记录，请在“执业历史”中核对。"
