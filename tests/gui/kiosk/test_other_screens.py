"""Pairing, service menu, records, trouble."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLineEdit

from kiosk.shown import Action, Trouble
from kiosk.states import Idle, Pairing, Pin, Records, Service, Troubled
from tests.fakes.kiosk import FakeKiosk
from tests.gui.kiosk.conftest import Hand


@pytest.fixture
def unpaired(make: Callable[..., Hand], kiosk: FakeKiosk) -> Hand:
    kiosk.pairing.done = False
    return make()


def type_code(hand: Hand, code: str) -> None:
    hand.find(QLineEdit, "code").setFocus()
    for key in code:
        hand.press(f"key_{key}")


def test_pairing_with_the_keys_on_the_screen(unpaired: Hand) -> None:
    assert isinstance(unpaired.state, Pairing)
    unpaired.window.activateWindow()
    type_code(unpaired, "4839207")
    unpaired.press("key_erase")
    assert unpaired.find(QLineEdit, "code").text() == "483920"
    unpaired.press("pair")
    unpaired.until(Idle)
    unpaired.until_reads("配对成功，本机为“虹桥一号机”")


def test_a_wrong_code_says_what_to_do_and_keeps_the_address(unpaired: Hand) -> None:
    unpaired.find(QLineEdit, "address").setText("https://zhiye.example.cn")
    unpaired.find(QLineEdit, "code").setText("000000")
    unpaired.press("pair")
    unpaired.until_reads("配对码不正确或已过期。请在电脑端“设备”中重新生成配对码后再输入。")
    assert unpaired.find(QLineEdit, "address").text() == "https://zhiye.example.cn"
    assert isinstance(unpaired.state, Pairing)


def test_a_server_that_does_not_answer_is_said(unpaired: Hand) -> None:
    unpaired.kiosk.pairing.reachable = False
    unpaired.press("pair")
    unpaired.until_reads("无法连接服务器")


def test_the_service_menu_stands_behind_its_pin(hand: Hand) -> None:
    hand.press("service")
    assert isinstance(hand.state, Pin)
    hand.press("key_1")
    hand.press("unlock")
    hand.until_reads("服务密码不正确。")
    assert hand.find(QLineEdit, "pin").text() == ""
    for key in "2580":
        hand.press(f"key_{key}")
    hand.press("unlock")
    hand.until(Service)
    hand.until_reads("https://zhiye.example.cn")
    hand.press("sync_now")
    hand.until_reads("已请求同步")
    assert hand.kiosk.service.syncs == 1


def test_leaving_the_program_is_asked_twice(hand: Hand) -> None:
    hand.press("service")
    hand.find(QLineEdit, "pin").setText("2580")
    hand.press("unlock")
    hand.until(Service)
    hand.press("exit")
    assert hand.window.isVisible()
    with hand.qtbot.waitSignal(hand.window.closed):
        hand.press("exit")


@pytest.mark.rule("S-10")
def test_records_need_a_face(hand: Hand) -> None:
    """S-10: History (执业历史), who, when, how long, why zero: readable by lead, technical lead, members."""
    hand.touch("project_p1")
    hand.kiosk.check_ins.script = [hand.kiosk.accepted(Action.RECORDS)]
    hand.press("records")
    hand.until(Records)
    assert hand.kiosk.check_ins.requests[0].action == Action.RECORDS
    hand.until_reads("0 分，超时执业")
    hand.until_reads("2026-03-01 09:00 – 11:05")
    hand.press("of_project")
    hand.until_reads("李强")
    hand.press("back")
    assert "超时执业" not in hand.words()


def test_no_records_say_how_they_come(hand: Hand) -> None:
    hand.kiosk.visits.own = ()
    hand.look(Action.RECORDS, hand.kiosk.accepted(Action.RECORDS))
    hand.until_reads("您还没有执业记录。")


def test_trouble_says_what_still_works(hand: Hand) -> None:
    trouble = Trouble("disk", "存储空间已满。", "请联系管理员清理。", "查看项目和同步", stops_all=True)
    hand.kiosk.status.wrong = trouble
    hand.window.conductor.tick()
    assert isinstance(hand.state, Troubled)
    assert hand.reads("sentence") == "存储空间已满。"
    assert hand.reads("small") == "仍可使用：查看项目和同步"
    hand.press("back")
    assert isinstance(hand.state, Idle)
    assert hand.reads("light_trouble") == "存储空间已满。"
    hand.kiosk.status.wrong = None
    hand.window.conductor.tick()
    assert "存储空间已满。" not in hand.words()


def open_service(hand: Hand) -> None:
    hand.press("service")
    hand.find(QLineEdit, "pin").setText("2580")
    hand.press("unlock")
    hand.until(Service)


def test_pairing_anew_is_asked_twice(hand: Hand) -> None:
    open_service(hand)
    hand.press("pair_again")
    assert isinstance(hand.state, Service)
    hand.press("pair_again")
    hand.until(Pairing)


@pytest.mark.rule("D-1")
def test_pairing_anew_is_refused_while_records_wait(hand: Hand) -> None:
    """D-1: A device belongs to one agency; what it has written is not left behind."""
    hand.kiosk.pairing.waiting = 2
    open_service(hand)
    hand.press("pair_again")
    hand.press("pair_again")
    hand.until_reads("还有 2 条记录没有上传。请先联网。")
    assert isinstance(hand.state, Service)
