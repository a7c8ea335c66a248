"""Whatever is pressed in whatever order, the kiosk is never a dead end."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import events as e
from kiosk import flow as f
from kiosk import states as s
from kiosk.shown import Accepted, Action, Paired, Progress, ProjectCard, Receipt, Refused, Trouble

CARDS = st.builds(
    ProjectCard,
    id=st.sampled_from("ab"),
    name=st.just("项目"),
    address=st.just("地址"),
    may_start=st.booleans(),
    claimed_by=st.sampled_from([None, "李强"]),
)
ACCEPTED = st.builds(
    Accepted, pass_id=st.just("x"), person_id=st.just("w"), name=st.just("王丽"), form_due=st.booleans()
)
REFUSED = st.builds(
    Refused,
    st.just("c"),
    st.just("不行"),
    st.just("重来"),
    face_failed=st.booleans(),
    may_retry=st.booleans(),
)
TROUBLE = st.builds(Trouble, st.sampled_from("tu"), st.just("坏了"), st.just("修"), stops_all=st.booleans())
NUMBERS = st.integers(1, 4)
ACTIONS = st.sampled_from(Action)
EVENTS = st.one_of(
    st.sampled_from(
        [
            e.Tick(),
            e.Touched(),
            e.WentBack(),
            e.Retried(),
            e.OpenedForm(),
            e.TookPhoto(),
            e.Reviewed(),
            e.Confirmed(),
            e.SubmitFailed(),
            e.OpenedService(),
            e.Unlocked(),
            e.AskedPairing(),
            e.AskedPhoto(0),
            e.SubmitDone(Receipt("f", "好", datetime(2026, 3, 2, tzinfo=UTC))),
            e.PairingDone(Paired("乙")),
        ]
    ),
    st.builds(e.TouchedProject, CARDS),
    st.builds(e.ProjectsChanged, st.lists(CARDS, max_size=2).map(tuple)),
    st.builds(e.Wanted, ACTIONS),
    st.builds(e.AnsweredClaim, st.booleans()),
    st.builds(e.ChoseRecords, st.booleans()),
    st.builds(e.Progressed, NUMBERS, st.just(Progress("靠近一点"))),
    st.builds(e.Succeeded, NUMBERS, CARDS, ACTIONS, ACCEPTED),
    st.builds(e.Failed, NUMBERS, REFUSED),
    st.builds(e.TroubleChanged, st.none() | TROUBLE),
)
WALKS = st.lists(st.tuples(EVENTS, st.sampled_from([0.0, 0.3, 5.0, 59.0, 61.0])), max_size=40)


def walk(steps: list[tuple[e.Event, float]], paired: bool = True) -> tuple[f.Flow, float]:
    flow, now = f.begin(paired, 0.0), 0.0
    for event, seconds in steps:
        now += seconds
        flow = f.advance(flow, event, now)
    return flow, now


@given(WALKS)
def test_pressing_back_always_leads_to_the_start(steps: list[tuple[e.Event, float]]) -> None:
    flow, now = walk(steps)
    for _ in range(4):
        if isinstance(flow.state, s.Submitting):  # answered by the lane, never by a finger
            flow = f.advance(flow, e.SubmitFailed(), now)
        flow = f.advance(flow, e.WentBack(), now)
    assert isinstance(flow.state, s.Idle)


@given(WALKS)
def test_waiting_always_leads_to_the_start_or_to_the_trouble(steps: list[tuple[e.Event, float]]) -> None:
    flow, now = walk(steps)
    flow = f.advance(flow, e.Tick(), now + 61.0)
    assert isinstance(flow.state, s.Idle | s.Troubled)
    if isinstance(flow.state, s.Troubled):
        assert isinstance(f.advance(flow, e.WentBack(), now + 62.0).state, s.Idle)


@given(WALKS)
def test_a_kiosk_without_pairing_does_nothing_else(steps: list[tuple[e.Event, float]]) -> None:
    flow, now = walk([step for step in steps if not isinstance(step[0], e.PairingDone)], paired=False)
    assert isinstance(flow.state, s.Pairing | s.Pin | s.Service)
    done = f.advance(flow, e.PairingDone(Paired("乙")), now)
    assert isinstance(done.state, s.Idle | s.Troubled)


@pytest.mark.rule("S-3")
@given(WALKS, st.lists(st.tuples(EVENTS, st.sampled_from([0.0, 0.3, 5.0])), max_size=11))
def test_nobody_is_looked_at_during_a_pause(
    before: list[tuple[e.Event, float]], during: list[tuple[e.Event, float]]
) -> None:
    """S-3: Three failures: a pause of 60 s."""
    flow, now = walk(before)
    flow = f.Flow(s.Idle(), touched_at=now, paused_until=now + 60.0, looks=flow.looks)
    for event, seconds in during:
        now += seconds
        flow = f.advance(flow, event, now)
        assert not isinstance(flow.state, s.Looking)


@given(WALKS)
def test_every_look_has_a_number_of_its_own(steps: list[tuple[e.Event, float]]) -> None:
    flow, now, seen = f.begin(True, 0.0), 0.0, []
    for event, seconds in steps:
        before, now = flow, now + seconds
        flow = f.advance(flow, event, now)
        entered = isinstance(flow.state, s.Looking) and not isinstance(before.state, s.Looking)
        if entered and isinstance(flow.state, s.Looking):
            seen.append(flow.state.number)
    assert len(seen) == len(set(seen))
