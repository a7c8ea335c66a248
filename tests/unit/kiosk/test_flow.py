"""The kiosk's state machine, one story at a time."""

from datetime import UTC, datetime

import pytest

from kiosk import events as e
from kiosk import flow as f
from kiosk import states as s
from kiosk.shown import Accepted, Action, Paired, Progress, ProjectCard, Receipt, Refused, Trouble

PROJECT = ProjectCard("p1", "虹桥商务大厦", "申虹路 1 号")
WANG = Accepted("pass", "w", "王丽", form_due=True)
STRANGER = Refused("face.unknown", "没有认出您", "请靠近一点再试", face_failed=True)
FAR = Refused("place.far", "不在现场", "请到现场再试")


def play(*events: e.Event, flow: f.Flow | None = None, now: float = 0.0) -> f.Flow:
    """The flow after some events at one moment."""
    flow = flow or f.begin(paired=True, now=now)
    for event in events:
        flow = f.advance(flow, event, now)
    return flow


def looking(action: Action = Action.END) -> f.Flow:
    return play(e.TouchedProject(PROJECT), e.Wanted(action))


@pytest.mark.rule("S-6")
@pytest.mark.parametrize("claims", [True, False])
def test_a_start_asks_who_fills_the_form(claims: bool) -> None:
    """S-6: Starting asks whether this person will fill the day's feedback form (点击确认)."""
    asked = play(e.TouchedProject(PROJECT), e.Wanted(Action.START))
    assert asked.state == s.Claiming(PROJECT)
    assert play(e.AnsweredClaim(claims), flow=asked).state == s.Looking(PROJECT, Action.START, claims, 1)


@pytest.mark.rule("S-6")
def test_who_comes_after_the_claimant_is_not_asked() -> None:
    """S-6: at most one claims it."""
    claimed = ProjectCard("p1", "虹桥商务大厦", "申虹路 1 号", claimed_by="李强")
    flow = play(e.TouchedProject(claimed), e.Wanted(Action.START))
    assert flow.state == s.Looking(claimed, Action.START, False, 1)


@pytest.mark.rule("S-15")
def test_start_and_end_are_two_actions() -> None:
    """S-15: Starting and ending are two explicit actions, never one button that toggles."""
    chosen = play(e.TouchedProject(PROJECT))
    assert isinstance(play(e.Wanted(Action.START), flow=chosen).state, s.Claiming)
    assert play(e.Wanted(Action.END), flow=chosen).state == s.Looking(PROJECT, Action.END, False, 1)
    assert isinstance(chosen.state, s.Choosing), "a chosen project alone starts nothing"


def test_a_project_that_may_not_start_still_ends() -> None:
    closed = ProjectCard("p2", "旧仓库", "外马路 2 号", may_start=False, reason="今天的反馈单已提交")
    chosen = play(e.TouchedProject(closed))
    assert play(e.Wanted(Action.START), flow=chosen) == chosen
    assert isinstance(play(e.Wanted(Action.END), flow=chosen).state, s.Looking)


def test_a_look_shows_its_own_progress_only() -> None:
    flow = play(e.Progressed(1, Progress("请向左转头")), e.Progressed(7, Progress("别人的")), flow=looking())
    assert isinstance(flow.state, s.Looking)
    assert flow.state.progress == Progress("请向左转头")


@pytest.mark.parametrize(
    ("action", "state"),
    [
        (Action.START, s.Welcomed(PROJECT, Action.START, WANG)),
        (Action.END, s.Welcomed(PROJECT, Action.END, WANG)),
        (Action.FORM, s.Filling(PROJECT, WANG)),
        (Action.RECORDS, s.Records(PROJECT, WANG)),
    ],
)
def test_a_look_leads_where_it_was_wanted(action: Action, state: s.State) -> None:
    assert play(e.Succeeded(1, PROJECT, action, WANG), flow=looking(action)).state == state


def test_a_fact_written_while_somebody_cancelled_is_shown_all_the_same() -> None:
    cancelled = play(e.WentBack(), flow=looking())
    assert cancelled.state == s.Choosing(PROJECT)
    assert isinstance(play(e.Succeeded(1, PROJECT, Action.END, WANG), flow=cancelled).state, s.Welcomed)
    assert play(e.Succeeded(1, PROJECT, Action.RECORDS, WANG), flow=cancelled) == cancelled


def test_a_refusal_can_be_tried_again() -> None:
    away = play(e.Failed(1, FAR), flow=looking())
    assert away.state == s.TurnedAway(PROJECT, Action.END, False, FAR)
    assert play(e.Retried(), flow=away).state == s.Looking(PROJECT, Action.END, False, 2)
    assert play(e.WentBack(), flow=away).state == s.Idle()


@pytest.mark.rule("S-3")
def test_three_failures_pause_for_sixty_seconds() -> None:
    """S-3: Three failures: a pause of 60 s, and the attempts are recorded."""
    flow = looking()
    for number in (1, 2):
        flow = play(e.Failed(number, STRANGER), e.Retried(), flow=flow)
    flow = play(e.Failed(3, STRANGER), flow=flow, now=10.0)
    assert flow.state == s.Paused(70.0, STRANGER)
    assert f.advance(flow, e.Tick(), 69.9).state == flow.state
    assert f.advance(flow, e.Tick(), 70.0).state == s.Idle()


@pytest.mark.rule("S-3")
@pytest.mark.parametrize("action", list(Action))
def test_the_start_screen_is_no_way_around_the_pause(action: Action) -> None:
    """S-3: Three failures: a pause of 60 s."""
    flow = f.Flow(s.Idle(), paused_until=60.0)
    assert play(e.TouchedProject(PROJECT), e.Wanted(action), flow=flow, now=30.0).state == s.Paused(60.0)
    later = play(e.TouchedProject(PROJECT), e.Wanted(action), flow=flow, now=60.0)
    assert isinstance(later.state, s.Claiming | s.Looking)


def test_failures_by_different_people_add_up_and_success_clears_them() -> None:
    flow = play(e.Failed(1, STRANGER), e.WentBack(), flow=looking())
    flow = play(e.TouchedProject(PROJECT), e.Wanted(Action.END), e.Failed(2, STRANGER), flow=flow)
    assert flow.failures == 2
    flow = play(e.Retried(), e.Succeeded(3, PROJECT, Action.END, WANG), flow=flow)
    assert flow.failures == 0
    assert play(e.Failed(1, FAR), flow=looking()).failures == 0, (
        "a place that is too far is no failure of the face"
    )


def test_nobody_touches_anything_for_sixty_seconds() -> None:
    flow = play(e.TouchedProject(PROJECT), now=5.0)
    assert f.advance(flow, e.Tick(), 64.9).state == s.Choosing(PROJECT)
    assert flow.seconds_left(50.0) == 15.0
    assert f.advance(flow, e.Tick(), 65.0).state == s.Idle()
    busy = f.advance(flow, e.Touched(), 60.0)
    assert f.advance(busy, e.Tick(), 65.0).state == s.Choosing(PROJECT)


def test_the_road_of_a_form() -> None:
    flow = play(e.Succeeded(1, PROJECT, Action.END, WANG), e.OpenedForm(), flow=looking())
    filling = s.Filling(PROJECT, WANG)
    assert flow.state == filling
    photo = play(e.AskedPhoto(2), flow=flow)
    assert photo.state == s.Photographing(filling, 2)
    assert play(e.TookPhoto(), flow=photo).state == filling
    asked = play(e.Reviewed(()), flow=flow)
    assert play(e.WentBack(), flow=asked).state == filling
    sending = play(e.Confirmed(), flow=asked)
    assert play(e.SubmitFailed(), flow=sending).state == filling
    receipt = Receipt("f1", "反馈单已提交", datetime(2026, 3, 2, tzinfo=UTC))
    assert play(e.SubmitDone(receipt), flow=sending).state == s.Submitted(filling, receipt)


def test_a_form_is_offered_only_to_who_owes_it() -> None:
    other = Accepted("pass", "l", "李强")
    flow = play(e.Succeeded(1, PROJECT, Action.END, other), flow=looking())
    assert play(e.OpenedForm(), flow=flow) == flow


def test_an_unpaired_kiosk_asks_for_its_code_and_lets_the_technician_in() -> None:
    flow = f.begin(paired=False, now=0.0)
    assert flow.state == s.Pairing(first=True)
    assert play(e.WentBack(), flow=flow) == flow
    assert f.advance(flow, e.Tick(), 999.0).state == flow.state
    inside = play(e.OpenedService(), e.Unlocked(), flow=flow)
    assert inside.state == s.Service()
    assert play(e.WentBack(), flow=inside).state == s.Pairing(first=True)
    assert play(e.PairingDone(Paired("一号机")), flow=flow).state == s.Idle()


def test_pairing_anew_can_be_left() -> None:
    flow = play(e.OpenedService(), e.Unlocked(), e.AskedPairing())
    assert flow.state == s.Pairing(first=False)
    assert play(e.WentBack(), flow=flow).state == s.Idle()
    assert f.advance(flow, e.Tick(), 60.0).state == s.Idle()


def test_trouble_waits_until_nobody_is_at_work_and_goes_when_read() -> None:
    trouble = Trouble("camera.gone", "摄像头没有画面", "请检查摄像头", stops_all=True)
    busy = play(e.TroubleChanged(trouble), flow=looking())
    assert isinstance(busy.state, s.Looking)
    shown = play(e.WentBack(), e.WentBack(), flow=busy)
    assert shown.state == s.Troubled(trouble)
    read = play(e.WentBack(), flow=shown)
    assert read.state == s.Idle()
    assert play(e.TroubleChanged(trouble), flow=read).state == s.Idle(), "it is not shown twice"
    assert play(e.TroubleChanged(None), e.TroubleChanged(trouble), flow=read).state == s.Troubled(trouble)
    assert play(e.TroubleChanged(None), flow=shown).state == s.Idle()


def test_small_trouble_stands_in_the_bar_only() -> None:
    trouble = Trouble("disk.low", "存储空间不足", "请联系管理员")
    flow = play(e.TroubleChanged(trouble))
    assert (flow.state, flow.trouble) == (s.Idle(), trouble)


def test_a_chosen_project_follows_what_is_known_of_it() -> None:
    chosen = play(e.TouchedProject(PROJECT))
    fresh = ProjectCard("p1", "虹桥商务大厦", "申虹路 1 号", claimed_by="李强")
    assert play(e.ProjectsChanged([fresh]), flow=chosen).state == s.Choosing(fresh)
    assert play(e.ProjectsChanged([]), flow=chosen).state == s.Idle()


ASKED = Progress("请眨眨眼", ready=True, tried=True)
HOLD = Progress("请保持不动", ready=True)


@pytest.mark.rule("S-3")
def test_leaving_after_a_face_was_compared_is_a_failure() -> None:
    """S-3: Three failures: a pause of 60 s, and the attempts are recorded."""
    flow = f.begin(paired=True, now=0.0)
    for number in (1, 2, 3):
        flow = play(e.TouchedProject(PROJECT), e.Wanted(Action.END), e.Progressed(number, ASKED), flow=flow)
        assert isinstance(flow.state, s.Looking)
        flow = play(e.WentBack(), flow=flow)
    assert flow.state == s.Paused(60.0)


@pytest.mark.rule("S-3")
def test_being_left_standing_by_the_time_out_is_a_failure_too() -> None:
    """S-3: Three failures: a pause of 60 s."""
    asked = play(e.Progressed(1, ASKED), flow=looking())
    gone = f.advance(asked, e.Tick(), 60.0)
    assert (gone.state, gone.failures) == (s.Idle(), 1)


def test_leaving_before_a_face_was_compared_costs_nothing() -> None:
    held = play(e.Progressed(1, HOLD), e.WentBack(), flow=looking())
    assert (held.state, held.failures) == (s.Choosing(PROJECT), 0)


def test_an_attempt_that_was_left_and_then_refused_counts_once() -> None:
    left = play(e.Progressed(1, ASKED), e.WentBack(), flow=looking())
    assert play(e.Failed(1, STRANGER), flow=left).failures == 1


@pytest.mark.parametrize("state", [s.TurnedAway(PROJECT, Action.END, False, FAR), s.Paused(60.0)])
def test_a_fact_that_was_written_is_shown_over_a_refusal(state: s.State) -> None:
    flow = play(e.Succeeded(1, PROJECT, Action.END, WANG), flow=f.Flow(state))
    assert flow.state == s.Welcomed(PROJECT, Action.END, WANG)
