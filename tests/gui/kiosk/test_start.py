"""The start screen: projects, people, lights, and nothing that starts by accident."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from time import perf_counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from core.errors import Unreachable
from core.qt.touch import TouchCard
from kiosk.events import TouchedProject
from kiosk.screens.idle import IdleScreen
from kiosk.shown import Light, ProjectCard, Sync, Tone
from kiosk.states import Choosing, Idle
from tests.fakes.kiosk import FakeKiosk
from tests.gui.kiosk.conftest import Hand


def test_projects_stand_in_the_order_given_with_who_is_there(hand: Hand) -> None:
    hand.find(TouchCard, "project_p1")
    cards = [c for c in hand.window.findChildren(TouchCard) if c.isVisible()]
    cards.sort(key=lambda c: c.mapTo(hand.window, c.rect().topLeft()).y())
    assert [c.objectName() for c in cards] == ["project_p1", "project_p2", "project_p3", "project_p4"]
    words = hand.words()
    assert "在场：王丽（08:12 起）" in words
    assert "35 米" in words
    assert "1.3 公里" in words
    assert "暂不能开始：今天的反馈单已提交，明天可再开始。" in words


@pytest.mark.rule("S-15")
def test_nothing_can_be_pressed_before_a_project_is_chosen(hand: Hand) -> None:
    """S-15: Starting and ending are two explicit actions, never one button that toggles."""
    start, end = hand.find(QPushButton, "start"), hand.find(QPushButton, "end")
    assert not start.isEnabled()
    assert not end.isEnabled()
    hand.touch("project_p1")
    assert hand.until(Choosing).project.id == "p1"
    assert (start.text(), end.text()) == ("开始执业", "结束执业")
    assert start.isEnabled()
    assert end.isEnabled()


def test_a_project_that_may_not_start_says_why_and_can_still_end(hand: Hand) -> None:
    hand.touch("project_p3")
    assert hand.reads("hint") == "暂不能开始执业：今天的反馈单已提交，明天可再开始。"
    assert not hand.find(QPushButton, "start").isEnabled()
    assert hand.find(QPushButton, "end").isEnabled()


def test_an_empty_list_says_how_to_fill_it(make: Callable[..., Hand], kiosk: FakeKiosk) -> None:
    kiosk.projects.cards = []
    make().until_reads("项目须由负责人在电脑端提交")


def test_projects_that_can_not_be_read_are_explained(make: Callable[..., Hand], kiosk: FakeKiosk) -> None:
    kiosk.projects.error = Unreachable("db", "项目列表暂时无法读取。")
    make().until_reads("项目列表暂时无法读取。")


def test_news_from_the_office_appears_by_itself(hand: Hand) -> None:
    hand.touch("project_p1")
    claimed = replace(hand.kiosk.first, name="虹桥商务大厦二期", claimed_by="李强")
    hand.kiosk.projects.cards = [claimed]
    hand.window.refresh()
    hand.until_reads("今天的反馈单由李强填写")
    assert hand.state == Choosing(claimed)
    hand.kiosk.projects.cards = []
    hand.window.refresh()
    hand.until(Idle)


def test_the_lights_say_how_the_kiosk_is(make: Callable[..., Hand], kiosk: FakeKiosk) -> None:
    hand = make(device="虹桥一号机")
    assert hand.reads("light_sync") == "已同步"
    kiosk.status.synced = Sync(3, 1, kiosk.clock.now() - timedelta(hours=2))
    kiosk.status.place = Light("没有定位", Tone.BAD)
    hand.window.conductor.tick()
    assert hand.reads("light_sync") == "离线，自 07:00，待上传 3 条，未生效 1 条"
    assert hand.reads("light_position") == "没有定位"
    hand.until_reads("虹桥一号机")


def test_the_start_comes_back_after_a_minute_and_says_so_before(hand: Hand) -> None:
    hand.touch("project_p1")
    hand.wait_seconds(45)
    assert hand.reads("seconds_left") == "15 秒后返回首页"
    hand.wait_seconds(15)
    assert isinstance(hand.state, Idle)


def test_a_touch_anywhere_says_that_somebody_is_there(hand: Hand) -> None:
    hand.touch("project_p1")
    hand.wait_seconds(59)
    hand.touch("hint")
    hand.wait_seconds(59)
    assert isinstance(hand.state, Choosing)


@pytest.mark.parametrize(
    ("sync", "words"),
    [
        (Sync(paired=False, contacted=False), "未配对"),
        (Sync(contacted=False), "尚未同步"),
        (Sync(waiting=2, contacted=False), "待上传 2 条"),
        (Sync(failing=True), "同步异常"),
        (Sync(), "已同步"),
    ],
)
def test_only_a_kiosk_that_has_synced_says_so(
    make: Callable[..., Hand], kiosk: FakeKiosk, sync: Sync, words: str
) -> None:
    kiosk.status.synced = sync
    assert make().reads("light_sync") == words


def many(count: int, metres: int = 0) -> list[ProjectCard]:
    return [
        ProjectCard(f"p{n}", f"商务大厦检测{n}", "人民大道", "检测", 40 + n * 10 + metres)
        for n in range(count)
    ]


def test_cards_stay_the_same_while_their_news_come_in(hand: Hand) -> None:
    hand.kiosk.projects.cards = many(4)
    hand.window.refresh()
    card = hand.find(TouchCard, "project_p3")
    hand.until_reads("70 米")
    hand.kiosk.projects.cards = list(reversed(many(4, metres=100)))
    hand.window.refresh()
    hand.until_reads("170 米")
    assert hand.find(TouchCard, "project_p3") is card
    hand.qtbot.waitUntil(lambda: card.y() < hand.find(TouchCard, "project_p0").y())


def test_a_touch_that_spans_an_update_is_not_lost(hand: Hand) -> None:
    card = hand.find(TouchCard, "project_p1")
    hand.qtbot.mousePress(card, Qt.MouseButton.LeftButton)
    hand.kiosk.projects.cards = [*many(3), replace(hand.kiosk.first, distance_m=900)]
    hand.window.refresh()
    hand.qtbot.wait(250)
    assert "900 米" not in hand.words(), "nothing moves under a finger"
    hand.qtbot.mouseRelease(card, Qt.MouseButton.LeftButton)
    assert hand.until(Choosing).project.id == "p1"
    hand.until_reads("900 米")


def test_a_long_list_begins_with_the_nearest(hand: Hand) -> None:
    hand.kiosk.projects.cards = many(40)
    hand.window.refresh()
    hand.until_reads("显示更多（还有 25 个项目）")
    assert len(hand.window.findChildren(TouchCard)) == 15
    hand.press("more")
    hand.until_reads("显示更多（还有 10 个项目）")
    hand.press("more")
    hand.find(TouchCard, "project_p39")
    hand.touch("project_p1")
    hand.press("end")
    hand.qtbot.waitUntil(lambda: len(hand.window.findChildren(TouchCard)) == 15)


def test_an_update_of_all_distances_holds_the_window_only_shortly(hand: Hand) -> None:
    hand.kiosk.projects.cards = many(300)
    hand.window.refresh()
    hand.until_reads("显示更多")
    screen = hand.window.screens[IdleScreen]
    assert isinstance(screen, IdleScreen)
    took = []
    for metres in (10, 20, 30, 40, 50):
        begun = perf_counter()
        screen.show_projects(many(300, metres))
        took.append(perf_counter() - begun)
    assert sorted(took)[2] < 0.05


def test_a_fault_in_one_event_swallows_no_later_touch(hand: Hand) -> None:
    class Broken(Exception):
        """Some fault of the program."""

    conductor, real = hand.window.conductor, hand.window.conductor._act

    def fail(before: object, after: object) -> None:
        conductor._act = real  # type: ignore[method-assign]
        raise Broken

    conductor._act = fail  # type: ignore[method-assign,assignment]
    with pytest.raises(Broken):
        conductor.send(TouchedProject(hand.kiosk.first))
    conductor.send(TouchedProject(hand.kiosk.second))
    assert hand.until(Choosing).project.id == "p2"
