"""The rules of a day's form: which one counts, whom it closes, and when it completes the project."""

import pytest

from core.visits.facts import Reopened
from tests.unit.visits.scenario import moment, said, story, told

MORNING = ("1日 09:00 甲 开始 P", "1日 12:00 甲 结束 P")


@pytest.mark.rule("S-9")
def test_the_form_closes_who_is_still_there() -> None:
    """Every other visit of that day on that project still open is closed, and counts zero (反馈单已提交)."""
    found = story(*MORNING, "1日 10:00 乙 开始 P", "1日 12:10 甲 反馈 P", "1日 13:00 乙 结束 P")
    visit = found.visit(3)
    assert (said(visit), visit.closed_by, visit.closed_ms) == ("清零 反馈单已提交", "04", moment("1日 12:10"))
    assert told(found.note(5)) == "未采用 S-9"


@pytest.mark.rule("S-9")
def test_all_his_visits_of_that_day_count_zero() -> None:
    """And that person's visits there of that day count zero: also the one that he had ended before."""
    found = story(
        *MORNING, "1日 08:00 乙 开始 P", "1日 09:00 乙 结束 P", "1日 10:00 乙 开始 P", "1日 12:10 甲 反馈 P"
    )
    assert [said(found.visit(n)) for n in (3, 5)] == ["清零 反馈单已提交"] * 2


@pytest.mark.rule("S-9")
def test_whom_the_form_spares() -> None:
    """Never the filler's own, never of who had ended before, never visits that began on another day."""
    found = story(
        "1日 20:00 丁 开始 P",
        "2日 09:00 甲 开始 P", "2日 10:00 甲 结束 P", "2日 10:30 甲 开始 P",
        "2日 09:00 乙 开始 P", "2日 11:00 乙 结束 P",
        "2日 12:00 甲 反馈 P",
        "2日 12:30 丁 结束 P", "2日 13:00 甲 结束 P",
    )  # fmt: skip
    assert [said(found.visit(n)) for n in (1, 2, 4, 5)] == ["有效"] * 4


@pytest.mark.rule("S-9", "S-5")
def test_who_was_closed_may_begin_elsewhere() -> None:
    """A feedback on one project ends somebody's visit, which decides his next start elsewhere."""
    lines = (*MORNING, "1日 10:00 乙 开始 P", "1日 13:00 乙 开始 Q", "1日 15:00 乙 结束 Q")
    assert said(story(*lines).visit(4)) == "无效 S-12"
    assert said(story(*lines, "1日 12:10 甲 反馈 P").visit(4)) == "有效"


@pytest.mark.rule("F-1")
def test_the_filler_must_have_ended() -> None:
    """Filled by exactly one person who has ended his visit."""
    found = story("1日 09:00 甲 开始 P", "1日 11:00 甲 反馈 P", "1日 12:00 甲 结束 P")
    assert (found.form("P", "1日"), told(found.note(2))) == (None, "无效 F-1")
    assert said(found.visit(1)) == "有效"


@pytest.mark.rule("F-1")
def test_an_invalid_visit_gives_no_form() -> None:
    """A visit that never counted is none that one has ended."""
    found = story("1日 09:00 甲 开始 P 违反 S-2", "1日 10:00 甲 结束 P", "1日 11:00 甲 反馈 P")
    assert (told(found.note(2)), told(found.note(3))) == ("无效 S-2", "无效 F-1")


@pytest.mark.rule("F-1")
def test_the_office_fills_for_who_is_gone() -> None:
    """If he is gone or was closed by the system, the lead, else a manager, in the desktop."""
    found = story("1日 09:00 甲 开始 P", "3日 10:00 丙 反馈 P 办公室 属1日")
    form = found.form("P", "1日")
    assert form is not None and form.office
    assert said(found.visit(1)) == "清零 超时执业"


@pytest.mark.rule("F-1")
def test_after_the_form_nobody_starts() -> None:
    """After it nobody starts on that project that day; the next day one may."""
    found = story(
        *MORNING, "1日 12:10 甲 反馈 P", "1日 14:00 乙 开始 P", "2日 09:00 丙 开始 P", now="2日 10:00"
    )
    assert (said(found.visit(4)), said(found.visit(5))) == ("无效 F-1", "执业中")


@pytest.mark.rule("F-1", "S-11")
def test_an_unproven_form_counts_and_closes_nobody() -> None:
    """Where no proven form is, an unproven one counts; displacing is for trusted times."""
    found = story(*MORNING, "1日 10:00 乙 开始 P", "1日 12:10 甲 反馈 P 未证 完成", "1日 13:00 乙 结束 P")
    form = found.form("P", "1日")
    assert form is not None and not form.binding and not form.completes
    assert said(found.visit(3)) == "有效"
    found = found.then("1日 14:00 乙 反馈 P")
    assert (found.form("P", "1日").id, told(found.note(4))) == ("06", "未采用 F-4")  # type: ignore[union-attr]


@pytest.mark.rule("F-1", "S-11")
def test_a_form_after_an_unproven_start_counts() -> None:
    """A day does not stay without a form because its tablet had a wrong clock in the morning."""
    found = story(
        "1日 09:00 甲 开始 P 未证", "1日 12:00 甲 结束 P", "1日 12:10 甲 反馈 P", "1日 10:00 乙 开始 P"
    )
    form = found.form("P", "1日")
    assert form is not None and not form.binding
    assert said(found.visit(1)) == "待核实 S-11"


@pytest.mark.rule("F-4")
def test_the_earlier_form_counts() -> None:
    """Two forms for one day: the earlier trusted one counts, the other is 未采用, its filler not zeroed."""
    found = story(
        *MORNING, "1日 10:00 乙 开始 P", "1日 13:00 乙 结束 P", "1日 12:10 甲 反馈 P", "1日 13:10 乙 反馈 P"
    )
    form = found.form("P", "1日")
    assert form is not None and form.id == "05"
    assert (told(found.note(6)), said(found.visit(3))) == ("未采用 F-4", "有效")


@pytest.mark.rule("F-4")
def test_a_form_that_breaks_a_rule_excuses_nobody() -> None:
    """Only who filled an acceptable form is a filler."""
    found = story(
        *MORNING,
        "1日 10:00 乙 开始 P",
        "1日 13:00 乙 结束 P",
        "1日 12:10 甲 反馈 P",
        "1日 13:10 乙 反馈 P 违反 S-2",
    )
    assert (said(found.visit(3)), told(found.note(6))) == ("清零 反馈单已提交", "无效 S-2")


@pytest.mark.rule("J-7")
def test_after_complete_nobody_starts_until_reopened() -> None:
    """已执业: a feedback says that the site work is complete; 已提交 again: the lead reopens."""
    lines = (
        *MORNING,
        "1日 12:10 甲 反馈 P 完成",
        "2日 09:00 乙 开始 P",
        "4日 09:00 乙 开始 P",
        "4日 09:00 丙 开始 Q",
    )
    found = story(*lines, now="4日 10:00")
    assert [said(found.visit(n)) for n in (4, 5, 6)] == ["无效 J-7", "无效 J-7", "执业中"]
    found = story(*lines, now="4日 10:00", reopened=[Reopened("P", moment("3日 08:00"))])
    assert [said(found.visit(n)) for n in (4, 5)] == ["无效 J-7", "执业中"]


@pytest.mark.rule("J-7")
def test_who_is_on_site_when_it_completes_may_end() -> None:
    """Someone on site when a project ends may end his visit; it counts."""
    found = story(
        "1日 23:00 乙 开始 P", "2日 09:00 甲 开始 P", "2日 10:00 甲 结束 P", "2日 10:10 甲 反馈 P 完成"
    )
    assert said(found.then("2日 11:00 乙 结束 P").visit(1)) == "有效"


@pytest.mark.rule("J-7")
def test_a_displaced_form_completes_nothing() -> None:
    """F-4: kept and shown as 补充, without effects."""
    found = story(
        *MORNING, "1日 10:00 乙 开始 P", "1日 13:00 乙 结束 P", "1日 12:10 甲 反馈 P", "1日 13:10 乙 反馈 P 完成",
        "2日 09:00 丙 开始 P", now="2日 10:00",
    )  # fmt: skip
    assert said(found.visit(7)) == "执业中"


@pytest.mark.rule("J-7")
def test_in_recheck_only_new_visits_complete() -> None:
    """In 待复检: one whose visits began after the failing report took effect."""
    lines = (
        *MORNING, "2日 09:00 甲 开始 P", "2日 10:00 甲 结束 P", "2日 10:10 甲 反馈 P 完成",
        "6日 09:00 甲 反馈 P 完成 属1日", "7日 09:00 甲 开始 P", "7日 10:00 甲 结束 P", "7日 10:10 甲 反馈 P 完成",
    )  # fmt: skip
    found = story(*lines, reopened=[Reopened("P", moment("5日 08:00"), recheck=True)])
    forms = [found.form("P", f"{day}日") for day in (1, 2, 7)]
    assert [form is not None and form.completes for form in forms] == [False, True, True]
    assert said(found.visit(7)) == "有效"
