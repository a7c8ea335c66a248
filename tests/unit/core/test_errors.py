"""Every error that the code can raise has a code, a Chinese sentence, and a hint what to do."""

import ast
import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import errors
from core.errors import DomainError, Fault, Refused

ROOT = Path(__file__).parents[3]
FAMILY = {
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, DomainError)
}
CODE = re.compile(r"[a-z0-9_]+([.-][a-z0-9_]+)*")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _raised() -> Iterator[tuple[str, ast.Call]]:
    """Every construction of the family in the programs, with where it stands."""
    for package in ("core", "sync", "server", "desktop", "kiosk"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FAMILY:
                    yield f"{path.relative_to(ROOT).as_posix()}:{node.lineno}", node


def _literal(node: ast.expr) -> str | None:
    """The constant text of an argument, of a format string its constant parts; None if it is computed."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            part.value
            for part in node.values
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        )
    return None


@pytest.mark.parametrize("name", sorted(FAMILY))
def test_every_class_has_a_hint_in_chinese(name: str) -> None:
    assert CHINESE.search(getattr(errors, name).default_hint)


def test_every_raised_error_has_a_code_and_a_chinese_sentence() -> None:
    wrong = []
    for where, call in _raised():
        texts = [_literal(argument) for argument in call.args[:2]]
        if texts and texts[0] is not None and not CODE.fullmatch(texts[0]):
            wrong.append(f"{where}: code {texts[0]!r}")
        if len(texts) > 1 and texts[1] is not None and not CHINESE.search(texts[1]):
            wrong.append(f"{where}: sentence {texts[1]!r}")
    assert not wrong, "\n".join(wrong)


def test_an_error_tells_code_sentence_hint_rule_and_faults() -> None:
    error = Refused("visit-radius", "距离超出范围。", rule="S-4", faults=(Fault("place", "距项目 812 米。"),))
    assert (error.code, error.sentence, error.rule) == ("visit-radius", "距离超出范围。", "S-4")
    assert error.hint == Refused.default_hint
    assert error.faults[0].field == "place"
    assert str(error) == "visit-radius: 距离超出范围。"
    assert DomainError("some-code", "错误。", "").hint == ""


@pytest.mark.parametrize("name", sorted(FAMILY))
def test_an_error_comes_whole_out_of_another_process(name: str) -> None:
    kind: type[DomainError] = getattr(errors, name)
    error = kind("a.b", "不行。", "换一个。", rule="P-2", faults=(Fault("name", "空"),))
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind and vars(again) == vars(error) and str(again) == "a.b: 不行。"
