"""What a user reads when something goes wrong."""

from typing import Any

import pytest

from core.errors import BadInput, Fault, Unreachable
from core.qt.errors import explain
from core.qt.messages import MessageBar


def test_known_trouble_speaks_for_itself_and_lists_every_fault() -> None:
    said = explain(BadInput("form", "表单不完整。", "请补充后提交。", faults=(Fault("a", "缺少工作内容"),)))
    assert said.text == "表单不完整。\n缺少工作内容请补充后提交。"
    assert said.event is None


@pytest.mark.expect_log("unexpected_error")
def test_a_bug_is_ours_and_can_be_found_in_the_log() -> None:
    said = explain(ZeroDivisionError("division by zero"))
    assert said.code == "bug"
    assert said.event is not None
    assert said.event[-12:] in said.text
    assert "division" not in said.text


def test_the_bar_keeps_bad_news_until_it_is_read(qtbot: Any) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    assert bar.text() == ""
    bar.show_error(Unreachable("server", "服务器没有应答。"))
    assert bar.text().startswith("服务器没有应答。")
    bar.clear()
    assert bar.text() == ""
