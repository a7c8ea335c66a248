"""Every screen in both orientations: fingers hit everything, nothing is cut off, 演示 is never missing."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from core.qt.looks import ShortLabel
from core.qt.theme import KIOSK
from kiosk import states as s
from kiosk.shown import Action, Draft, OnSite, Photo, Problem, Receipt, Refused, Sync, Trouble
from kiosk.window import _SCREENS
from tests.fakes.kiosk import STRANGER, FakeKiosk, jpeg
from tests.gui.kiosk.conftest import Hand

SIZES = {"portrait": (800, 1280), "landscape": (1280, 800)}


def every_state(kiosk: FakeKiosk) -> Iterator[s.State]:
    """One of each, with long texts where people write long texts."""
    project = replace(kiosk.first, name="上海虹桥综合交通枢纽西交通广场地下空间消防设施年度检测项目（二期）")
    portrait = jpeg(np.full((400, 300, 3), 160, np.uint8))
    ended = kiosk.accepted(Action.END, portrait=portrait, note="今天还有 2 人在场。")
    photos = tuple(Photo(f"photo-{n}", portrait) for n in range(2))
    kiosk.forms.form = replace(
        kiosk.forms.form, draft=Draft(problems=(Problem("三层东侧应急照明灯不亮", photos),))
    )
    filling = s.Filling(project, ended)
    now = datetime(2026, 3, 2, 1, tzinfo=UTC)
    long = Refused(
        "x", "距项目 1.2 公里，不在允许的 500 米之内。", "请到项目现场后重试；如定位有误，请到室外等待。"
    )
    yield s.Pairing(first=True)
    yield s.Pairing(first=False)
    yield s.Idle()
    yield s.Choosing(kiosk.closed)
    yield s.Claiming(project)
    yield s.Looking(project, Action.START, True, 99, kiosk.looks()[1])
    yield s.Welcomed(project, Action.START, kiosk.accepted(Action.START))
    yield s.Welcomed(project, Action.END, ended)
    yield s.TurnedAway(project, Action.START, False, long)
    yield s.Paused(60.0, STRANGER)
    yield filling
    yield s.Photographing(filling, 0)
    yield s.Confirming(filling, tuple(OnSite(str(n), f"张伟民{n}", now) for n in range(4)))
    yield s.Submitting(filling)
    yield s.Submitted(filling, Receipt("f", "执业反馈单已提交", now))
    yield s.Records(project, ended)
    yield s.Pin()
    yield s.Service()
    yield s.Troubled(
        Trouble("disk", "存储空间已满，不能开始执业。", "请联系管理员清理。", "结束执业、同步", True)
    )


def set_state(hand: Hand, state: s.State) -> None:
    """Put the kiosk into a state; how it gets there is proved elsewhere."""
    conductor = hand.window.conductor
    before = conductor.flow
    conductor.flow = replace(before, state=state, touched_at=hand.kiosk.clock.monotonic())
    conductor._act_on_form(None, "pass" if isinstance(state, s.Filling) else None)
    conductor.changed.emit(conductor.flow)
    hand.qtbot.wait(60)
    hand.qtbot.waitUntil(lambda: not isinstance(state, s.Filling) or "执业人员" in hand.words())
    hand.qtbot.wait(20)  # a layout settles in the round after its widgets came


def test_the_tour_leaves_no_screen_out(kiosk: FakeKiosk) -> None:
    assert {type(state) for state in every_state(kiosk)} == set(_SCREENS)


@pytest.mark.parametrize("shape", list(SIZES))
def test_every_screen(make: Callable[..., Hand], kiosk: FakeKiosk, shape: str) -> None:
    hand = make(SIZES[shape], demo=True, device="虹桥一号机")
    wrong = []
    for state in every_state(kiosk):
        set_state(hand, state)
        name = type(state).__name__
        assert hand.window.size().toTuple() == SIZES[shape], f"{name} is too big for the tablet"
        assert "演示" in hand.reads("demo"), name
        wrong += [f"{name}: {text}" for text in (*small_targets(hand.window), *cut_texts(hand.window))]
        if folder := os.environ.get("ZHIYE_SHOTS"):
            hand.window.grab().save(str(Path(folder) / f"{name}_{shape}.png"))
    assert wrong == []


@pytest.mark.parametrize("shape", list(SIZES))
def test_bad_news_does_not_push_anything_off_the_tablet(
    make: Callable[..., Hand], kiosk: FakeKiosk, shape: str
) -> None:
    kiosk.status.synced = Sync(1234, 56, kiosk.clock.now() - timedelta(days=3))
    kiosk.status.wrong = Trouble(
        "disk", "存储空间不足，再有约 40 次执业就不能记录新的照片。", "请联系管理员清理。"
    )
    hand = make(SIZES[shape], device="虹桥商务大厦地下一层一号机")
    hand.wait_seconds(0)
    hand.window.messages.show_message("还不能提交：" + "请填写完成的工作；" * 12, "bad")
    hand.qtbot.wait(60)
    if folder := os.environ.get("ZHIYE_SHOTS"):
        hand.window.grab().save(str(Path(folder) / f"badnews_{shape}.png"))
    assert hand.window.size().toTuple() == SIZES[shape]
    assert hand.find(QLabel, "light_sync").toolTip() == "离线，自 02-27 09:00，待上传 1234 条，未生效 56 条"
    assert list(cut_texts(hand.window)) == []


def test_a_wrong_pin_is_told_in_full(make: Callable[..., Hand], kiosk: FakeKiosk) -> None:
    hand = make(SIZES["portrait"])
    hand.press("service")
    hand.press("unlock")
    hand.until_reads("服务密码不正确。")
    hand.qtbot.wait(20)
    assert list(cut_texts(hand.window)) == []


def test_a_tablet_can_be_turned(make: Callable[..., Hand], kiosk: FakeKiosk) -> None:
    hand = make(SIZES["portrait"])
    for size in (SIZES["landscape"], SIZES["portrait"]):
        hand.window.resize(*size)
        hand.qtbot.wait(20)
        assert hand.window.size().toTuple() == size


def small_targets(window: QWidget) -> Iterator[str]:
    """Buttons that a finger in a glove would miss; letters of the address may be a little narrower."""
    for button in window.findChildren(QAbstractButton):
        least = KIOSK.touch - 8 if button.property("look") == "key" else KIOSK.touch
        if button.isVisible() and min(button.width(), button.height()) < least:
            yield f"{button.text() or button.objectName()} is {button.width()} × {button.height()}"


def cut_texts(window: QWidget) -> Iterator[str]:
    """Labels and buttons whose text has less room than it needs."""
    for widget in [*window.findChildren(QLabel), *window.findChildren(QAbstractButton)]:
        text = widget.text()
        if not widget.isVisible() or not text or isinstance(widget, ShortLabel):
            continue
        if isinstance(widget, QLabel) and widget.wordWrap():
            flags = int(Qt.TextFlag.TextWordWrap)
            room = widget.contentsRect()
            need = QFontMetrics(widget.font()).boundingRect(0, 0, room.width(), 10_000, flags, text)
            if need.height() > room.height() + 4:
                yield f"“{text}” needs {need.height()} of {room.height()} px height"
        elif widget.fontMetrics().horizontalAdvance(text) > widget.width() + 2:
            yield f"“{text}” is cut"
