"""The closing figures: what fails a run, and how its last line reads."""

import pytest

from tests.suite import PARTS, Result, close, order


def test_the_last_line_has_pytest_s_plain_form(capsys: pytest.CaptureFixture[str]) -> None:
    assert close({PARTS[0]: Result(5, 0, 1, 3.0, {"S-10", "S-9"}), PARTS[1]: Result(2, 0, 0, 1.0)}) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "7 passed, 0 failed, 1 skipped"
    assert lines[-2] == "rules proven (2): S-9 S-10"


def test_a_rule_broken_in_one_part_is_not_proven_by_another(capsys: pytest.CaptureFixture[str]) -> None:
    close({PARTS[0]: Result(1, proven={"S-9"}), PARTS[1]: Result(1, 1, broken={"S-9"})})
    assert "rules proven (0):" in capsys.readouterr().out


@pytest.mark.parametrize(
    "result", [Result(1, 1), Result(0, 0, 3), Result(), Result(5, seconds=PARTS[0].budget + 1)]
)
def test_failures_emptiness_and_slowness_fail_the_run(result: Result) -> None:
    assert close({PARTS[0]: result}) == 1


def test_rules_are_told_in_their_order() -> None:
    assert sorted(["S-10", "A-2", "S-9"], key=order) == ["A-2", "S-9", "S-10"]
