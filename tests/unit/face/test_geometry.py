"""Relief: what a plane can't do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.face.geometry import MIN_POINTS, homography, relief
from core.face.shipped import SHIPPED
from core.face.types import Numbers


def _project(points: Numbers, degrees: float) -> Numbers:
    """A camera 600 away looks at points (x, y, z) turned about the upright axis."""
    angle = np.radians(degrees)
    x = points[:, 0] * np.cos(angle) + points[:, 2] * np.sin(angle)
    z = points[:, 2] * np.cos(angle) - points[:, 0] * np.sin(angle)
    return np.stack([600 * x / (600 + z), 600 * points[:, 1] / (600 + z)], axis=1)


def _face(seed: int, depth: float) -> Numbers:
    """Points on a dome of this depth; 0 is a picture."""
    flat = np.random.default_rng(seed).uniform(-70, 70, (100, 2))
    return np.hstack([flat, (depth * (flat**2).sum(axis=1) / 9800)[:, None]])


@given(st.integers(0, 1000), st.floats(-50, 50))
def test_a_turned_picture_has_no_relief(seed: int, degrees: float) -> None:
    points = _face(seed, 0.0)
    noise = np.random.default_rng(seed).normal(0, 0.3, (100, 2))
    found = relief(_project(points, 0), _project(points, degrees) + noise, 160)
    assert found is not None and found < SHIPPED.relief / 2


@given(st.integers(0, 1000), st.sampled_from([-1.0, 1.0]))
def test_a_turned_head_has_relief(seed: int, side: float) -> None:
    points = _face(seed, 50.0)
    found = relief(_project(points, 0), _project(points, side * 25), 160)
    assert found is not None and found > SHIPPED.relief


def test_too_few_points_say_nothing() -> None:
    few = np.random.default_rng(1).uniform(0, 100, (MIN_POINTS - 1, 2))
    assert relief(few, few, 160) is None


def test_the_homography_is_the_one_that_moved_the_points() -> None:
    matrix = np.array([[1.1, 0.1, 5], [0.02, 0.9, -3], [1e-4, 2e-4, 1]])
    before = np.random.default_rng(1).uniform(0, 100, (30, 2))
    after = np.hstack([before, np.ones((30, 1))]) @ matrix.T
    found = homography(before, after[:, :2] / after[:, 2:])
    assert found / found[2, 2] == pytest.approx(matrix, abs=1e-6)
