"""The judge against made-up people: the obedient, the careless, and those who are no person at all."""

import dataclasses
import inspect
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.face.challenge import Challenge, ChallengeJudge, JudgeState, Phase, draw
from core.face.checkin import CheckInSettings
from core.face.gestures import Gesture
from core.face.shipped import SHIPPED, Shipped
from core.face.types import Box, Landmarks, Observation, Pose, Vector

FPS = 20
MESH = np.zeros((0, 3), dtype=np.float32)


def _unit(seed: int) -> Vector:
    values = np.random.default_rng(seed).standard_normal(128)
    return (values / np.linalg.norm(values)).astype(np.float32)


ME, SOMEBODY = _unit(1), _unit(2)
SAME = 0.44


@dataclass
class Actor:
    """Gives an observation a frame; does what ``answer`` makes of what is asked, ``react`` frames later."""

    answer: Callable[[Gesture], Gesture | None] = lambda asked: asked
    react: int = 8
    relief: float | None = 0.03
    spoil: Callable[[int, Observation], Observation] = lambda index, seen: seen
    queue: list[tuple[float, float]] = field(default_factory=list)
    asked: tuple[int, Gesture] | None = None

    def frame(self, index: int, state: JudgeState | None) -> Observation:
        if state and state.asked and (state.step, state.asked) != self.asked:
            self.asked = (state.step, state.asked)
            self.queue = [(0.0, 0.25)] * self.react + self._moves(self.answer(state.asked))
        yaw, eye = self.queue.pop(0) if self.queue else (0.0, 0.25)
        box, marks = Box(100, 100, 200, 260), Landmarks(MESH, 1.0, Pose(yaw, 0, 0), (eye, eye))
        vector = ME if index % 4 == 0 or abs(yaw) > SHIPPED.aside_yaw or eye < 0.1 else None
        relief = self.relief if abs(yaw) > 8 else None
        seen = Observation(index / FPS, 1, box, marks, None, vector, stirred=2.0, relief=relief)
        return self.spoil(index, seen)

    def _moves(self, gesture: Gesture | None) -> list[tuple[float, float]]:
        if gesture is None:
            return []
        if gesture is Gesture.BLINK:
            return [(0.0, 0.04)] * 3
        side = 1 if gesture is Gesture.LEFT else -1
        return [(side * yaw, 0.25) for yaw in (6, 14, 22, 28, 30, 30, 28, 15, 5)]


def judge(actor: Actor, challenge: Challenge) -> JudgeState:
    """The state at the end."""
    judge, state = ChallengeJudge(challenge, ME, SAME), None
    for index in range(FPS * 40):
        state = judge.feed(actor.frame(index, state))
        if state.phase in (Phase.DONE, Phase.FAILED):
            return state
    raise AssertionError("the judge came to no end")


challenges = st.integers(0, 10_000).map(lambda seed: draw(random.Random(seed)))


@given(challenges)
def test_a_challenge_is_two_turns_and_a_blink(challenge: Challenge) -> None:
    assert sorted(step is Gesture.BLINK for step in challenge.steps) == [False, False, True]
    assert len(challenge.pauses) == 3


def test_every_order_and_side_is_drawn_from_the_systems_own_chance() -> None:
    assert len({draw().steps for _ in range(400)}) == 12


@pytest.mark.rule("S-3")
@given(challenges)
def test_who_does_what_is_asked_is_alive(challenge: Challenge) -> None:
    """live, at the device"""
    state = judge(Actor(), challenge)
    assert state.phase is Phase.DONE
    assert tuple(one.gesture for one in state.answers) == challenge.steps
    assert all(one.asked < one.began < one.sure <= one.asked + SHIPPED.step_s for one in state.answers)


def _other(asked: Gesture) -> Gesture:
    return Gesture.RIGHT if asked is Gesture.LEFT else Gesture.LEFT


@given(challenges, st.sets(st.integers(0, 2), min_size=1))
def test_one_wrong_turn_fails(challenge: Challenge, wrong: set[int]) -> None:
    count = iter(range(3))
    state = judge(Actor(lambda asked: _other(asked) if next(count) in wrong else asked), challenge)
    assert state.fault == "wrong" and state.step == min(wrong)


@given(challenges, st.integers(0, 2))
def test_one_missing_answer_fails(challenge: Challenge, missing: int) -> None:
    count = iter(range(3))
    state = judge(Actor(lambda asked: None if next(count) == missing else asked), challenge)
    assert state.fault == "slow" and state.step == missing


@given(challenges)
def test_blinking_all_the_time_answers_no_turn(challenge: Challenge) -> None:
    state = judge(Actor(lambda asked: Gesture.BLINK), challenge)
    assert state.fault == "slow"


@given(challenges)
def test_too_late_fails(challenge: Challenge) -> None:
    state = judge(Actor(react=int(SHIPPED.step_s * FPS) + 1), challenge)
    assert state.fault == "slow" and state.step == 0


@given(challenges, st.sampled_from([None, 0.0, SHIPPED.relief * 0.9]))
def test_a_turned_picture_is_flat(challenge: Challenge, relief: float | None) -> None:
    assert judge(Actor(relief=relief), challenge).fault == "flat"


@given(challenges)
def test_relief_may_come_a_little_later_than_the_turn(challenge: Challenge) -> None:
    def growing(index: int, seen: Observation) -> Observation:
        deep = seen.landmarks is not None and abs(seen.landmarks.pose.yaw) >= 30
        return replace(seen, relief=SHIPPED.relief + 0.001 if deep else SHIPPED.relief - 0.001)

    assert judge(Actor(spoil=growing), challenge).phase is Phase.DONE


@given(challenges, st.integers(0, 40))
def test_relief_that_comes_too_late_is_none(challenge: Challenge, more: int) -> None:
    """A picture that is held aside and shaken until the flow slips."""
    late = int((SHIPPED.relief_s + 0.3) * FPS)
    aside = [0]

    def slipping(index: int, seen: Observation) -> Observation:
        yaw = seen.landmarks.pose.yaw if seen.landmarks else 0.0
        aside[0] = aside[0] + 1 if abs(yaw) > 20 else 0
        return replace(seen, relief=0.05 if aside[0] > late + more else 0.001)

    def held(index: int, seen: Observation) -> Observation:
        yaw = seen.landmarks.pose.yaw if seen.landmarks else 0.0
        side[0] = side[0] or (yaw if abs(yaw) > 20 else 0.0)
        marks = Landmarks(MESH, 1.0, Pose(side[0] or yaw, 0, 0), (0.25, 0.25))
        eyes = seen.landmarks if not side[0] else marks
        return slipping(index, replace(seen, landmarks=eyes, vector=ME))

    side = [0.0]
    assert judge(Actor(spoil=held), challenge).fault == "flat"


@given(challenges, st.booleans())
def test_the_relief_of_somebody_unlike_in_profile_is_nobodys(challenge: Challenge, before: bool) -> None:
    """Who is forgiven there may be anybody: the face itself has to show its relief, on the way there or back."""

    def unlike(index: int, seen: Observation) -> Observation:
        yaw = abs(seen.landmarks.pose.yaw) if seen.landmarks else 0.0
        if yaw < 30:
            return replace(seen, relief=0.03 if before and yaw > 8 else None)
        marks = Landmarks(
            MESH, 1.0, Pose(yaw + 10 if seen.landmarks.pose.yaw > 0 else -yaw - 10, 0, 0), (0.25, 0.25)
        )
        return replace(seen, landmarks=marks, vector=SOMEBODY, relief=0.05)

    state = judge(Actor(spoil=unlike), challenge)
    assert (state.phase is Phase.DONE) if before else (state.fault == "flat")
    assert state.profile is not None and state.profile < SAME


def _empty(seen: Observation) -> Observation:
    return Observation(seen.t, 0)


SPOILS: dict[str, Callable[[int, Observation], Observation]] = {
    "lost": lambda index, seen: _empty(seen) if index >= 30 else seen,
    "crowd": lambda index, seen: replace(seen, faces=2) if 30 <= index < 33 else seen,
    "jump": lambda index, seen: replace(seen, box=Box(600, 100, 200, 260)) if index >= 30 else seen,
    "gap": lambda index, seen: replace(seen, t=seen.t + 1) if index >= 30 else seen,
    "frozen": lambda index, seen: replace(seen, stirred=0.0) if index >= 30 else seen,
    "identity": lambda index, seen: replace(seen, vector=SOMEBODY) if index == 32 else seen,
}


@given(challenges)
@pytest.mark.parametrize("fault", SPOILS)
def test_whatever_breaks_the_track_fails(fault: str, challenge: Challenge) -> None:
    assert judge(Actor(spoil=SPOILS[fault]), challenge).fault == fault


@given(challenges)
def test_an_identity_that_is_hidden_fails(challenge: Challenge) -> None:
    hidden = Actor(spoil=lambda index, seen: replace(seen, vector=None) if index > 20 else seen)
    assert judge(hidden, challenge).fault == "identity"


@given(challenges)
def test_eyes_that_blink_unseen_are_nobodys(challenge: Challenge) -> None:
    def hidden(index: int, seen: Observation) -> Observation:
        shut = seen.landmarks is not None and seen.landmarks.openness < 0.1
        return replace(seen, vector=None) if shut else seen

    assert judge(Actor(spoil=hidden), challenge).fault == "identity"


@given(challenges)
def test_a_clock_that_runs_backwards_fails(challenge: Challenge) -> None:
    backwards = Actor(spoil=lambda index, seen: replace(seen, t=0.5) if index == 30 else seen)
    assert judge(backwards, challenge).fault == "gap"


@given(challenges)
def test_a_single_lost_frame_is_forgiven(challenge: Challenge) -> None:
    blink = Actor(spoil=lambda index, seen: _empty(seen) if index == 30 else seen, react=12)
    assert judge(blink, challenge).phase is Phase.DONE


def test_a_failed_judge_stays_so() -> None:
    judge = ChallengeJudge(draw(), ME, SAME)
    actor = Actor(spoil=lambda index, seen: replace(seen, faces=2))
    for index in range(5):
        state = judge.feed(actor.frame(index, None))
    assert state.fault == "crowd"
    assert judge.feed(Actor().frame(6, None)) == state


@pytest.mark.rule("S-3")
def test_nothing_relaxes_the_shipped_limits() -> None:
    """No setting outside the demo relaxes this."""
    assert all(not one.init for one in dataclasses.fields(Shipped))
    with pytest.raises(TypeError):
        Shipped(step_s=60)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="init=False"):
        replace(SHIPPED, step_s=60.0)  # type: ignore[misc]
    assert list(inspect.signature(ChallengeJudge).parameters) == ["challenge", "reference", "same"]
    assert [(one.name, one.default) for one in dataclasses.fields(CheckInSettings)] == [
        ("still_for_live", False)
    ]
