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


def _picture(seed: int, bend: float) -> Numbers:
    """Points of a sheet that is rolled to a tube; ``bend`` is one part of its radius, 0 is flat."""
    flat = np.random.default_rng(seed).uniform(-70, 70, (100, 2))
    angle = flat[:, 0] * bend
    if not bend:
        return np.hstack([flat, np.zeros((100, 1))])
    return np.stack([np.sin(angle) / bend, flat[:, 1], (1 - np.cos(angle)) / bend], axis=1)


def _face(seed: int) -> Numbers:
    """Points of a head as round as a tube, with a nose and sockets; most are followed about its middle."""
    points = _picture(seed, 1 / 90)
    points[:, :2] *= np.random.default_rng(seed).uniform(0.3, 1.0, (100, 1))
    points[:, 2] = 90 - np.sqrt(90**2 - points[:, 0] ** 2)
    points[:, 2] -= 50 * np.exp(-((points[:, 0] / 20) ** 2) - ((points[:, 1] - 5) / 30) ** 2)
    points[:, 2] += 12 * np.exp(-(((np.abs(points[:, 0]) - 32) / 14) ** 2) - ((points[:, 1] + 30) / 12) ** 2)
    return points


@given(st.integers(0, 1000), st.floats(-50, 50))
def test_a_turned_picture_has_no_relief(seed: int, degrees: float) -> None:
    points = _picture(seed, 0.0)
    noise = np.random.default_rng(seed).normal(0, 0.3, (100, 2))
    found = relief(_project(points, 0), _project(points, degrees) + noise, 160)
    assert found is not None and found < SHIPPED.relief / 2


@pytest.mark.rule("S-3")
@given(st.integers(0, 1000), st.floats(-45, 45), st.floats(80, 400))
def test_a_picture_rolled_to_a_tube_has_none_either(seed: int, degrees: float, radius: float) -> None:
    """live, at the device"""
    points = _picture(seed, 1 / radius)
    found = relief(_project(points, 0), _project(points, degrees), 160)
    assert found is not None and found < SHIPPED.relief


@given(st.integers(0, 1000), st.sampled_from([-1.0, 1.0]))
def test_a_turned_head_has_relief(seed: int, side: float) -> None:
    points = _face(seed)
    found = relief(_project(points, 0), _project(points, side * 30), 160)
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
