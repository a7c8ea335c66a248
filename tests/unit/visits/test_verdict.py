"""The rules of a visit's verdict, told as days on sites."""

import pytest

from core.visits.facts import DAY_MS
from core.visits.outcome import SYSTEM, NoteKind, VerdictState, ZeroReason
from tests.unit.visits.scenario import moment, said, story, told


def test_every_word_is_the_manuals() -> None:
    assert [state.zh for state in VerdictState] == ["执业中", "有效", "清零", "无效", "待核实"]
    assert [reason.zh for reason in ZeroReason] == ["超距执业", "超时执业", "反馈单已提交"]
    assert [kind.zh for kind in NoteKind] == ["未采用", "更正", "无效"]


@pytest.mark.rule("S-7")
def test_time_counts_to_the_second() -> None:
    """Otherwise the time counts, to the second, shown in minutes."""
    visit = story("1日 09:00:10 甲 开始 P", "1日 11:30:15 甲 结束 P").visit(1)
    assert (said(visit), visit.counted_seconds) == ("有效", 2 * 3600 + 30 * 60 + 5)


@pytest.mark.rule("S-7")
def test_ending_outside_counts_zero() -> None:
    """Outside the radius: zero, 超距执业."""
    visit = story("1日 09:00 甲 开始 P", "1日 11:00 甲 结束 P 超出").visit(1)
    assert (said(visit), visit.counted_seconds) == ("清零 超距执业", 0)


@pytest.mark.rule("S-7")
@pytest.mark.parametrize(("end", "expected"), [("09:00:00", "有效"), ("09:00:01", "清零 超时执业")])
def test_exactly_a_day_passes(end: str, expected: str) -> None:
    """More than 24 h after the start: zero, 超时执业 (exactly 24 h passes)."""
    assert said(story("1日 09:00 甲 开始 P", f"2日 {end} 甲 结束 P").visit(1)) == expected


@pytest.mark.rule("S-7")
def test_both_reasons_can_hold() -> None:
    """Both can hold: an end after 25 h outside the radius is 超距 and 超时."""
    visit = story("1日 09:00 甲 开始 P", "2日 10:00 甲 结束 P 超出").visit(1)
    assert said(visit) == "清零 超距执业 超时执业"
    assert (visit.ended_ms, visit.closed_by) == (moment("2日 10:00"), None)


@pytest.mark.rule("S-7", "S-15", "S-11")
@pytest.mark.parametrize(
    ("start", "end", "rule"),
    [("", "无位置", "S-7"), ("存疑", "", "S-15"), ("未证", "", "S-11"), ("", "未证", "S-11")],
)
def test_doubt_waits_for_a_decision(start: str, end: str, rule: str) -> None:
    """A position that can't be had: 待核实. Otherwise (neither proven nor bracketed) 待核实."""
    visit = story(f"1日 09:00 甲 开始 P {start}".strip(), f"1日 11:00 甲 结束 P {end}".strip()).visit(1)
    assert (said(visit), visit.counted_seconds) == (f"待核实 {rule}", 0)


@pytest.mark.rule("S-7")
def test_an_end_needs_a_visit() -> None:
    """An end names person and project; without a start before it there is nothing to end."""
    found = story("1日 09:00 甲 开始 P", "1日 10:00 甲 结束 Q", "1日 08:00 甲 结束 P", now="1日 12:00")
    assert [told(found.note(n)) for n in (2, 3)] == ["无效 S-7", "无效 S-7"]
    assert said(found.visit(1)) == "执业中"


@pytest.mark.rule("S-18")
def test_the_second_end_is_not_adopted() -> None:
    """未采用 for a form or end that another displaced."""
    found = story("1日 09:00 甲 开始 P", "1日 10:00 甲 结束 P", "1日 11:00 甲 结束 P 超出")
    assert (said(found.visit(1)), told(found.note(3))) == ("有效", "未采用 S-7")


@pytest.mark.rule("S-11")
def test_a_proven_end_goes_before_an_unproven_one() -> None:
    """A clock moved by hand gains nobody time, and takes none either."""
    found = story("1日 09:00 甲 开始 P", "1日 10:00 甲 结束 P 未证", "1日 11:00 甲 结束 P")
    assert (said(found.visit(1)), found.visit(1).end_id, told(found.note(2))) == ("有效", "03", "未采用 S-11")


@pytest.mark.rule("S-11")
def test_an_unproven_end_keeps_its_visit_when_he_came_back() -> None:
    """Who began again, proven, had left in between."""
    found = story(
        "1日 09:00 甲 开始 P", "1日 10:00 甲 结束 P 未证", "1日 11:00 甲 开始 P", "1日 12:00 甲 结束 P"
    )
    assert (said(found.visit(1)), said(found.visit(3))) == ("待核实 S-11", "有效")


@pytest.mark.rule("S-11")
def test_an_unproven_visit_gets_its_own_end() -> None:
    """An end whose proven candidate has ended already is left for the unproven start that it belongs to."""
    found = story(
        "1日 08:00 甲 开始 P", "1日 09:00 甲 结束 P", "1日 10:00 甲 开始 P 未证", "1日 11:00 甲 结束 P"
    )
    assert (said(found.visit(1)), said(found.visit(3)), found.note(4)) == ("有效", "待核实 S-11", None)


@pytest.mark.rule("S-8")
def test_the_system_closes_after_a_day() -> None:
    """A visit still open after 24 h is closed by the system as 超时执业, so that the person is not blocked."""
    before = story("1日 09:00 甲 开始 P", "2日 09:30 甲 开始 Q", now="2日 09:00").visit(1)
    assert (said(before), before.closed_by) == ("执业中", None)
    found = story("1日 09:00 甲 开始 P", "2日 09:30 甲 开始 Q", now="2日 10:00")
    assert (said(found.visit(1)), said(found.visit(2))) == ("清零 超时执业", "执业中")
    assert (found.visit(1).closed_by, found.visit(1).closed_ms) == (SYSTEM, moment("1日 09:00") + DAY_MS)


@pytest.mark.rule("S-8")
def test_a_real_end_replaces_the_closure() -> None:
    """A real end within the 24 h that arrives later replaces the closure."""
    found = story("1日 09:00 甲 开始 P")
    assert said(found.visit(1)) == "清零 超时执业"
    visit = found.then("1日 17:00 甲 结束 P").visit(1)
    assert (said(visit), visit.closed_by, visit.counted_seconds) == ("有效", None, 8 * 3600)


@pytest.mark.rule("S-5", "S-12")
def test_one_person_is_at_one_place() -> None:
    """The earlier trusted start stands, the later visit is 无效 (一人多地), zero."""
    found = story("1日 09:00 甲 开始 P", "1日 10:00 甲 开始 Q", "1日 11:00 甲 结束 Q", "1日 12:00 甲 结束 P")
    assert (said(found.visit(1)), said(found.visit(2))) == ("有效", "无效 S-12")
    assert (found.visit(2).ended_ms, told(found.note(3))) == (moment("1日 11:00"), "无效 S-12")


@pytest.mark.rule("S-12")
def test_the_earlier_start_may_arrive_later() -> None:
    """Two devices offline may both start one person: trusted time decides, not arrival."""
    found = story("1日 10:00 甲 开始 Q", "1日 11:00 甲 结束 Q")
    assert said(found.visit(1)) == "有效"
    found = found.then("1日 09:00 甲 开始 P", "1日 12:00 甲 结束 P")
    assert (said(found.visit(1)), said(found.visit(3))) == ("无效 S-12", "有效")


@pytest.mark.rule("S-12", "S-11")
def test_an_unproven_start_displaces_nobody() -> None:
    """The earlier trusted start stands: an untrusted earlier one does not."""
    found = story("1日 09:00 甲 开始 P 未证", "1日 10:00 甲 开始 Q", "1日 11:00 甲 结束 Q")
    assert said(found.visit(2)) == "有效"
    found = story("1日 09:00 甲 开始 P", "1日 10:00 甲 开始 Q 未证", "1日 12:00 甲 结束 P")
    assert (said(found.visit(1)), said(found.visit(2))) == ("有效", "无效 S-12")


@pytest.mark.rule("S-18")
def test_a_broken_rule_is_named() -> None:
    """A fact that arrives all the same is kept and judged 无效 with the rule that it breaks, displacing nobody."""
    found = story("1日 09:00 甲 开始 P 违反 S-2", "1日 10:00 甲 开始 Q", "1日 11:00 甲 结束 Q")
    assert (said(found.visit(1)), said(found.visit(2))) == ("无效 S-2", "有效")


@pytest.mark.rule("S-3", "S-18")
def test_an_end_that_breaks_a_rule_ends_nothing() -> None:
    """A fact that arrives all the same is kept and judged 无效 with the rule that it breaks: it moves nobody."""
    told_so = (
        "1日 09:00 甲 开始 P",
        "1日 10:00 甲 结束 P 违反 S-3",
        "1日 11:00 乙 开始 P",
        "1日 12:00 乙 结束 P",
    )
    day = story(*told_so, now="1日 13:00")
    assert (said(day.visit(1)), told(day.note(2)), said(day.visit(3))) == ("执业中", "无效 S-3", "有效")
    later = day.then("1日 12:30 乙 反馈 P")
    assert said(later.visit(1)) == "清零 反馈单已提交"
    ended = day.then("1日 12:15 甲 结束 P", "1日 12:30 乙 反馈 P")
    assert (said(ended.visit(1)), ended.visit(1).counted_seconds) == ("有效", 3 * 3600 + 15 * 60)
