"""What a user reads when something goes wrong."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import BadInput, DomainError, Fault, Refused, Unreachable
from core.qt.errors import explain
from core.qt.messages import MessageBar

ROOT = Path(__file__).parents[3]


def test_known_trouble_speaks_for_itself_and_lists_every_fault() -> None:
    said = explain(BadInput("form", "表单不完整。", "请补充后提交。", faults=(Fault("a", "缺少工作内容"),)))
    assert said.text == "表单不完整：缺少工作内容。请补充后提交。"
    assert said.event is None


def test_faults_that_the_sentence_names_already_are_not_said_twice() -> None:
    fault = Fault("people", "缺少项目负责人")
    said = explain(Refused("x", "项目还不能提交：缺少项目负责人", "", rule="J-2", faults=(fault,)))
    assert said.text == "项目还不能提交：缺少项目负责人。"


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


def all_kinds() -> Iterator[type[DomainError]]:
    """All classes of the one family."""
    waiting = [DomainError]
    while waiting:
        kind = waiting.pop()
        yield kind
        waiting += kind.__subclasses__()


def literal(node: ast.expr) -> str | None:
    """A text in the source, with a number in the place of whatever is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(literal(part) or "8" for part in node.values)
    return None


def told() -> Iterator[tuple[str, str, str]]:
    """Code, sentence and hint of every error and refusal that the programs' sources make."""
    hints = {kind.__name__: kind.default_hint for kind in all_kinds()}
    for package in ("core", "sync", "desktop", "kiosk", "server"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in hints:
                    texts = [literal(argument) for argument in node.args]
                    if len(texts) >= 2 and texts[0] and texts[1]:
                        hint = texts[2] if len(texts) > 2 else hints[node.func.id]
                        yield texts[0], texts[1], hint or ""


def test_every_error_of_the_programs_reads_as_whole_sentences() -> None:
    found = list(told())
    assert len(found) > 120
    for code, sentence, hint in found:
        text = explain(DomainError(code, sentence, hint)).text
        assert text[-1] in "。！？…", (code, text)
        assert not any(pair in text for pair in ("。。", "；。", "，。", "！。", "。：")), (code, text)
        assert not hint or f"{sentence.rstrip('。')}。{hint.rstrip('。')}" in text, (code, text)
