"""Rates, bounds and thresholds from scores, against what counting by hand gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.face.tool import figures
from core.face.tool.figures import Rate

SCORES = st.lists(st.floats(-1, 1, allow_nan=False).map(lambda x: round(x, 3)), min_size=1, max_size=60)


def test_nothing_wrong_is_told_by_the_rule_of_three() -> None:
    assert Rate(0, 300).bounds == (0.0, 0.01)
    assert Rate(300, 300).bounds == (0.99, 1.0)
    assert Rate(0, 60_000, 400).bounds == (0.0, 3 / 400), "drawing the same photos again proves no more"
    assert Rate(0, 0).bounds is None and Rate(0, 0).value is None and str(Rate(0, 0)) == "no trial"


def test_wilsons_interval_is_that_of_the_books() -> None:
    low, high = Rate(10, 100).bounds or (0, 0)
    assert (round(low, 4), round(high, 4)) == (0.0552, 0.1744)


@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_bounds_hold_the_rate_between_them(counted: tuple[int, int]) -> None:
    rate = Rate(*counted)
    low, high = rate.bounds or (1, 0)
    assert 0 <= low <= (rate.value or 0) <= high <= 1


@given(SCORES, st.sampled_from([0.5, 0.1, 0.01, 0.001]), st.integers(0, 5))
def test_no_more_strangers_than_allowed_reach_the_threshold_and_no_lower_one_would_do(
    scores: list[float], share: float, failures: int
) -> None:
    others = np.array(scores)
    limit = figures.threshold_at(others, share, failures)
    allowed = share * (len(others) + failures)
    assert figures.accepted(others, limit, failures).errors <= allowed
    lower = others[others < limit]
    if len(lower):
        assert (others >= lower.max()).sum() > allowed


@given(SCORES, SCORES)
def test_no_threshold_is_better_than_the_best(own: list[float], others: list[float]) -> None:
    mine, theirs = np.array(own), np.array(others)
    best = figures.accuracy(mine, theirs, figures.best_threshold(mine, theirs))
    for threshold in (-1.1, *own, *others, 1.1):
        assert best.errors <= figures.accuracy(mine, theirs, threshold).errors


def test_equal_error_of_two_hills_that_lie_apart_is_none_and_of_the_same_hill_half() -> None:
    apart = figures.equal_error(np.array([0.8, 0.9]), np.array([0.1, 0.2]))
    assert apart == 0.0
    hill = np.linspace(0, 1, 101)
    assert figures.equal_error(hill, hill) == pytest.approx(0.5, abs=0.01)
    assert figures.equal_error(np.array([0.9]), np.array([0.1]), failures=1) == 0.5
    assert figures.equal_error(np.array([0.9]), np.array([])) is None


def test_a_stranger_who_shows_no_face_was_accepted_at_no_threshold() -> None:
    own, others = np.array([0.9, 0.6, 0.3]), np.array([0.7, 0.2])
    assert figures.equal_error(own, others) == pytest.approx(0.5)
    assert figures.equal_error(own, others, 0, 2) == pytest.approx(0.25)  # 0 and 1 of 3 beside 1 of 4
    assert figures.equal_error(own, np.array([]), 1, 2) == 0.25


@given(SCORES, SCORES, st.integers(0, 5), st.integers(0, 5))
def test_strangers_who_failed_never_make_it_worse(
    own: list[float], others: list[float], failures: int, strangers: int
) -> None:
    without = figures.equal_error(np.array(own), np.array(others), failures)
    with_them = figures.equal_error(np.array(own), np.array(others), failures, strangers)
    assert with_them is not None and without is not None and with_them <= without + 1e-9


def test_a_photo_without_a_face_is_an_error_whichever_the_truth() -> None:
    own, others = np.array([0.9, 0.8]), np.array([0.1])
    assert figures.accuracy(own, others, 0.5, failures=2).errors == 2
    assert figures.refused(own, 0.5, failures=1) == Rate(1, 3)
    assert figures.accepted(others, 0.5, failures=1) == Rate(0, 2)
    assert not figures.can_be_told(2_999, 1e-3) and figures.can_be_told(3_000, 1e-3)
