"""Turns and blinks in made-up runs of numbers."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from core.face.gestures import (
    BACK_YAW,
    FROM_REST,
    NEUTRAL_YAW,
    BlinkDetector,
    Gesture,
    Rest,
    Seen,
    TurnDetector,
)

FPS = 30


def _turns(yaws: Iterable[float]) -> list[Seen]:
    detector = TurnDetector()
    return [seen for index, yaw in enumerate(yaws) if (seen := detector.feed(index / FPS, yaw))]


def _blinks(eyes: Iterable[float], yaw: float = 0.0) -> list[Seen]:
    detector = BlinkDetector()
    return [seen for index, eye in enumerate(eyes) if (seen := detector.feed(index / FPS, eye, yaw))]


def test_a_turn_is_seen_once_on_its_side() -> None:
    left = [0.0] * 10 + [15.0] * 3 + [30.0] * 20 + [5.0] * 5
    assert [seen.gesture for seen in _turns(left)] == [Gesture.LEFT]
    assert [seen.gesture for seen in _turns(-yaw for yaw in left)] == [Gesture.RIGHT]
    assert [seen.gesture for seen in _turns(left + left)] == [Gesture.LEFT, Gesture.LEFT]


def test_a_turn_tells_when_it_left_the_middle_and_when_it_was_sure() -> None:
    (seen,) = _turns([0.0] * 10 + [15.0] * 3 + [30.0] * 20)
    assert seen.began == 9 / FPS
    assert 13 / FPS + 0.1 <= seen.sure <= 18 / FPS


def test_too_small_too_short_or_already_aside_is_no_turn() -> None:
    assert not _turns([0.0] * 10 + [19.0] * 20)
    assert not _turns([0.0] * 10 + [30.0] * 2 + [0.0] * 10)
    assert not _turns([30.0] * 30)


def test_a_blink_is_seen_when_the_eyes_are_open_again() -> None:
    (seen,) = _blinks([0.2] * 20 + [0.05] * 5 + [0.2] * 10)
    assert (seen.gesture, seen.began, seen.sure) == (Gesture.BLINK, 20 / FPS, 25 / FPS)


def test_narrow_eyes_blink_too() -> None:
    assert len(_blinks([0.12] * 20 + [0.05] * 5 + [0.12] * 10)) == 1


def test_squinting_and_sleeping_are_no_blinks() -> None:
    assert not _blinks([0.2] * 20 + [0.15] * 10 + [0.2] * 10)
    assert not _blinks([0.2] * 20 + [0.05] * 60 + [0.2] * 10)
    assert not _blinks([0.05] * 40)


def test_eyes_that_stay_shut_do_not_become_the_usual_ones() -> None:
    flicker = [0.04, 0.07] * 40
    assert not _blinks([0.2] * 30 + flicker)


def test_eyes_of_a_turned_head_are_not_judged() -> None:
    assert not _blinks([0.2] * 20 + [0.05] * 5 + [0.2] * 10, yaw=25.0)


@given(st.floats(-BACK_YAW, BACK_YAW), st.floats(21.0, 60.0), st.sampled_from([1.0, -1.0]))
def test_a_turn_is_measured_from_where_the_head_rests(rest: float, aside: float, side: float) -> None:
    found = _turns([side * rest] * 60 + [side * (rest + aside) / 2] * 2 + [side * aside] * 20)
    far = aside - rest > FROM_REST
    assert [seen.gesture for seen in found] == ([Gesture.LEFT if side > 0 else Gesture.RIGHT] if far else [])


@given(st.floats(-BACK_YAW, BACK_YAW), st.floats(-60.0, 60.0), st.sampled_from([8.0, NEUTRAL_YAW]))
def test_a_head_looks_ahead_where_it_rests_and_nowhere_else(rest: float, yaw: float, within: float) -> None:
    found = Rest()
    for index in range(20):
        found.feed(index / FPS, rest)
    assert found.yaw == rest and found.holds(rest, within)
    if found.holds(yaw, within):
        assert abs(yaw) <= BACK_YAW
        assert abs(yaw) <= within or (yaw * rest > 0 and abs(yaw) <= abs(rest) + 2)
    else:
        assert abs(yaw) > within, "nothing becomes stricter than for a head that rests straight ahead"
    for index in range(20, 60):
        found.feed(index / FPS, 30.0)
    assert found.yaw == rest, "a turn is no rest"
