"""The words of verdicts: every rule that a verdict can name is told in Chinese, and lengths of time in one way."""

import re
from pathlib import Path

import pytest

import core.visits
from core.visits.wording import RULES, duration, reason_of

_NAMED = re.compile(
    r'(?:return|fault = |else) "([SFJ]-\d+)"|Note\([^)]*?"([SFJ]-\d+)"|Breach\(\s*"([SFJ]-\d+)"'
)


@pytest.mark.rule("S-18")
def test_every_rule_that_a_verdict_can_name_has_words() -> None:
    """无效 with the rule that it breaks: a person at a site does not know rules by their numbers."""
    folder = Path(core.visits.__path__[0])
    sources = "".join(
        (folder / name).read_text(encoding="utf-8") for name in ("verdict.py", "ending.py", "zeroing.py")
    )
    named = {next(filter(None, found)) for found in _NAMED.findall(sources)}
    assert named >= {"S-7", "S-11", "S-12", "S-15", "F-1", "J-7"}
    assert named <= set(RULES)
    assert reason_of("S-99") == "不符合规则 S-99"


def test_a_length_of_time_is_whole_minutes() -> None:
    assert [duration(s) for s in (-1, 0, 1, 59, 60, 3_599, 3_600, 7_500)] == [
        "0 分", "0 分", "不足 1 分钟", "不足 1 分钟", "1 分", "59 分", "1 小时 00 分", "2 小时 05 分",
    ]  # fmt: skip
