"""The words on the desktop: verdicts, reasons, the sync light, errors, and what the search finds."""

from dataclasses import replace

import pytest

from core.clock import from_ms
from core.errors import BadInput, Fault, NotAllowed
from core.face.evidence import Evidence, Liveness
from core.face.gestures import Gesture
from core.visits.outcome import NoteKind, VerdictState, ZeroReason
from core.visits.queries import ProjectLine
from desktop import wording
from desktop.login.presenter import OFFLINE, LoginPresenter, trouble_of
from desktop.ports import Me, SyncState
from desktop.shell.search import matches
from desktop.shell.sync_light import AMBER, GREEN, GREY, words
from tests.factories.office import at
from tests.fakes.office import AWAY, FakeOnline

NOW = from_ms(at(10))
LINE = ProjectLine("1", "HT-1", "外滩中心", "inspection", "submitted", "黄浦区", "赵国强", "申江物业", 0, 0)


@pytest.mark.rule("S-18")
def test_every_verdict_has_its_word_and_its_tone() -> None:
    """Verdict: 执业中, 有效, 清零 (with reasons), 无效 (with reason), 待核实."""
    assert [wording.verdict(state.value) for state in VerdictState] == [
        "执业中",
        "有效",
        "清零",
        "无效",
        "待核实",
    ]
    assert set(wording.VERDICT_TONES) == {state.value for state in VerdictState}
    assert {wording.note(kind.value) for kind in NoteKind} == {"未采用", "更正", "无效"}


@pytest.mark.rule("S-7")
def test_why_a_visit_counts_zero_is_said_in_words() -> None:
    """Outside the radius: zero, 超距执业. More than 24 h after the start: zero, 超时执业. Both can hold."""
    both = [ZeroReason.AWAY.value, ZeroReason.OVERTIME.value]
    assert wording.why_zero("zeroed", both, None) == "超距执业、超时执业"
    assert "一人多地" in wording.why_zero("invalid", [], "S-12")
    assert wording.why_zero("invalid", [], "S-99") == "不符合规则 S-99"
    assert wording.why_zero("valid", [], None) == ""


def test_the_light_says_what_needs_a_person_first() -> None:
    good = SyncState(online=True, last_success=from_ms(at(9.5)))
    assert words(good, NOW) == (GREEN, "已同步 09:30")
    assert words(replace(good, waiting=2), NOW) == (AMBER, "已同步 09:30 · 2 条待上传")
    assert words(replace(good, refused=1), NOW)[0] == AMBER
    away = SyncState(offline_since=from_ms(at(8)))
    assert words(away, NOW) == (GREY, "离线（自 08:00 起）")
    assert words(replace(away, refused=1), NOW) == (AMBER, "离线（自 08:00 起） · 1 条被退回")
    assert words(replace(good, problem="同步已停止"), NOW) == (AMBER, "同步已停止")


def test_the_search_finds_every_word_in_any_part() -> None:
    busy = replace(LINE, id="2", name="虹桥枢纽", on_site=2)
    assert matches([LINE, busy], "外滩 赵国强") == [LINE]
    assert matches([LINE, busy], "ht-1") == [busy, LINE]
    assert matches([LINE, busy], "") == [busy]
    assert matches([LINE], "没有") == []


def test_login_checks_both_fields_before_it_asks() -> None:
    online = FakeOnline(Me("a", "wangmin", "王敏", None, "agency"))
    presenter = LoginPresenter(online)
    with pytest.raises(BadInput) as caught:
        presenter.sign_in(" ", "")
    assert [fault.field for fault in caught.value.faults] == ["login", "password"]
    assert online.asked == []
    assert presenter.sign_in(" wangmin ", online.password).name == "王敏"


@pytest.mark.rule("A-4")
def test_login_trouble_never_tells_whether_the_name_exists() -> None:
    """The answer never tells whether the name exists."""
    wrong = trouble_of(NotAllowed("accounts.login", "登录账号或密码不正确", "请核对后重新输入"))
    assert wrong.password and "账号或密码" in wrong.sentence


def test_without_a_network_the_login_says_what_is_not_possible_yet() -> None:
    assert trouble_of(AWAY).hint == OFFLINE


def test_missing_fields_are_named_at_once() -> None:
    faults = (Fault("login", "请输入登录账号"), Fault("password", "请输入密码"))
    assert trouble_of(BadInput("x", "不完整", faults=faults)).sentence == "请输入登录账号；请输入密码"


@pytest.mark.rule("S-3")
def test_every_challenge_that_evidence_names_is_said_in_words() -> None:
    """What was seen (photo, scores, thresholds, challenge, model version) is kept as evidence."""
    steps = tuple(gesture.value for gesture in Gesture)
    assert wording.challenge(proof("challenge", steps)) == "向左转头、向右转头、眨眼"
    assert wording.challenge(proof("demo-still", ())) == "照片（演示）"
    assert wording.challenge(proof("none", ())) == ""
    assert wording.challenge(None) == ""


def proof(liveness: Liveness, steps: tuple[str, ...]) -> str:
    """As the kiosk writes it."""
    return Evidence(
        versions={}, liveness=liveness, threshold=0.3, margin=0.1, same=0.3, challenge=steps
    ).challenge_text()
