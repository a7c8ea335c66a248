"""Seals freeze what was known; what comes late becomes a 更正 and displaces nothing; decisions replace."""

from dataclasses import replace

import pytest

from core.visits.facts import SealKind
from core.visits.sealing import decide, reject, uphold
from tests.unit.visits.scenario import Story, said, story, told

DAY = ("1日 09:00 甲 开始 P", "1日 12:00 甲 结束 P", "1日 10:00 乙 开始 P", "1日 12:10 甲 反馈 P")


@pytest.mark.rule("S-18")
def test_what_comes_after_a_seal_is_a_correction() -> None:
    """更正 for what came after a seal: shown, displacing nothing."""
    found = story(*DAY).seal("P", "1日")
    later = found.then(
        "1日 11:00 乙 结束 P", "1日 08:00 丙 开始 P", "1日 09:30 丙 结束 P", "1日 09:40 丙 反馈 P"
    )
    assert [told(later.note(n)) for n in (5, 6, 7, 8)] == ["更正 S-18"] * 4
    assert (said(later.visit(3)), later.visit(3).corrections) == ("清零 反馈单已提交", ("05",))
    assert (said(later.visit(6)), said(later.visit(1))) == ("无效 S-18", "有效")
    assert later.form("P", "1日") == found.form("P", "1日")


@pytest.mark.rule("S-18")
def test_sealing_itself_changes_nothing() -> None:
    """Frozen is what was there; whatever had a note keeps it."""
    found = story(
        *DAY, "1日 12:30 乙 结束 P", "1日 12:20 甲 反馈 P", "1日 13:00 丙 开始 P", "1日 14:00 丙 结束 P"
    )
    assert found.seal("P", "1日").verdicts == found.verdicts
    assert found.seal("P", "1日").seal("P", "1日", SealKind.REPORT).verdicts == found.verdicts


@pytest.mark.rule("S-12", "S-18")
def test_what_is_sealed_beats_what_is_late() -> None:
    """An earlier start that arrives after the seal does not displace the sealed visit; it is 无效 itself."""
    found = story(*DAY).seal("P", "1日").then("1日 08:00 甲 开始 Q", "1日 13:00 甲 结束 Q")
    assert (said(found.visit(1)), said(found.visit(5))) == ("有效", "无效 S-12")


@pytest.mark.rule("S-18")
def test_open_visits_stay_out_until_a_later_seal() -> None:
    """Open visits stay out: they end as they do, and a later seal takes them in."""
    lines = ("1日 09:00 甲 开始 P", "1日 12:00 甲 结束 P", "1日 10:00 乙 开始 P", "1日 12:10 甲 反馈 P 未证")
    found = story(*lines, now="1日 18:00").seal("P", "1日")
    ended = found.then("1日 17:00 乙 结束 P")
    assert (said(found.visit(3)), said(ended.visit(3))) == ("执业中", "有效")
    closed = ended.seal("P", "1日", SealKind.MONTH).then("1日 16:00 乙 结束 P")
    assert (said(closed.visit(3)), told(closed.note(6))) == ("有效", "更正 S-18")


@pytest.mark.rule("S-18", "F-1")
def test_a_day_sealed_without_a_form_gets_none() -> None:
    """The month was pushed: a form that becomes acceptable only afterwards is a 更正."""
    found = story("1日 09:00 甲 开始 P", "1日 12:10 甲 反馈 P", now="1日 18:00").seal(
        "P", "1日", SealKind.MONTH
    )
    found = found.then("1日 12:00 甲 结束 P")
    assert (said(found.visit(1)), told(found.note(2)), found.form("P", "1日")) == ("有效", "更正 S-18", None)


def decided(found: Story, number: int, *, upheld: bool) -> Story:
    """The story after a supervisor decided on one visit."""
    verdict = uphold(found.visit(number)) if upheld else reject(found.visit(number))
    return replace(found, seals=[*found.seals, decide(len(found.seals), verdict, found.facts)])


@pytest.mark.rule("S-16")
def test_a_decided_doubt_counts_or_not() -> None:
    """待核实 counts zero until decided; upheld means that the measured time counts."""
    found = story("1日 09:00 甲 开始 P", "1日 12:00 甲 结束 P 无位置")
    upheld = decided(found, 1, upheld=True)
    assert (said(upheld.visit(1)), upheld.visit(1).counted_seconds) == ("有效 S-16", 3 * 3600)
    refused = decided(found, 1, upheld=False)
    assert (said(refused.visit(1)), refused.visit(1).counted_seconds) == ("无效 S-16", 0)


@pytest.mark.rule("S-16")
def test_an_upheld_appeal_replaces_a_seal() -> None:
    """A decided 待核实 or an upheld appeal is a seal that replaces; measured facts stay as they are."""
    found = decided(story("1日 09:00 甲 开始 P", "1日 12:00 甲 结束 P 超出").seal("P", "1日"), 1, upheld=True)
    visit = found.visit(1)
    assert (said(visit), visit.counted_seconds, visit.end_id) == ("有效 S-16", 3 * 3600, "02")


@pytest.mark.rule("S-16")
def test_a_decision_leaves_its_day_open() -> None:
    """It freezes the visit that it names and nothing else of that day."""
    found = decided(story("1日 09:00 甲 开始 P", "1日 12:00 甲 结束 P 无位置"), 1, upheld=True)
    found = found.then("1日 10:00 乙 开始 P", "1日 11:00 乙 结束 P")
    assert said(found.visit(3)) == "有效"


@pytest.mark.rule("S-16")
def test_overtime_upheld_counts_a_day_at_most() -> None:
    """Whatever was measured, no visit counts more than 24 h."""
    found = story("1日 09:00 甲 开始 P", "2日 15:00 甲 结束 P")
    assert uphold(found.visit(1)).counted_seconds == 24 * 3600


@pytest.mark.rule("S-11", "S-18")
def test_a_seal_makes_no_unproven_time_strong() -> None:
    """An unproven visit displaces nobody before its seal, nor after it; a decision vouches for it."""
    found = story(
        "1日 09:00 甲 开始 P 未证", "1日 10:00 甲 开始 Q", "1日 11:00 甲 结束 Q", "1日 12:00 甲 结束 P"
    )
    assert said(found.seal("P", "1日").visit(2)) == "有效"
    assert said(decided(found, 1, upheld=True).visit(2)) == "无效 S-12"
