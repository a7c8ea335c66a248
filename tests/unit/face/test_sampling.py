"""When it is looked at whose face it is: on all that an answer rests on, and else at moments nobody can count."""

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.face.challenge import draw
from core.face.gestures import BlinkDetector
from core.face.sampling import Sampler
from core.face.shipped import SHIPPED
from core.face.types import Landmarks, Pose

MESH = np.zeros((0, 3), dtype=np.float32)
FPS = 50
seeds = st.integers(0, 2**64 - 1)


def _marks(yaw: float = 0.0, eye: float = 0.25) -> Landmarks:
    return Landmarks(MESH, 1.0, Pose(yaw, 0, 0), (eye, eye))


def _moments(seed: int, seconds: float = 8.0) -> list[float]:
    sampler = Sampler(seed)
    for index in range(10):
        sampler.asks(index / FPS, _marks())  # until it is known how these eyes are
    frames = (index / FPS for index in range(10, int(seconds * FPS)))
    return [t for t in frames if sampler.asks(t, _marks())]


@settings(max_examples=25)
@given(seeds)
def test_who_looks_ahead_is_asked_at_times_that_are_never_alike(seed: int) -> None:
    moments = _moments(seed)
    gaps = [after - before for before, after in pairwise(moments)]
    low, high = SHIPPED.sample_s
    assert low <= min(gaps) and max(gaps) <= high + 2 / FPS
    assert 0.15 < sum(gaps) / len(gaps) < 0.25 and len({round(one, 2) for one in gaps}) > 5


@settings(max_examples=25)
@given(seeds)
def test_the_same_challenge_asks_at_the_same_moments_and_another_at_others(seed: int) -> None:
    assert _moments(seed) == _moments(seed) != _moments(seed + 1)
    assert draw(random.Random(seed)) == draw(random.Random(seed))


def test_the_seed_is_drawn_from_the_systems_own_chance() -> None:
    assert len({draw().seed for _ in range(50)}) == 50


@pytest.mark.rule("S-3")
@given(
    seeds,
    st.lists(st.tuples(st.floats(-60, 60), st.floats(0.0, 0.4)), min_size=1, max_size=80),
    st.floats(5, 60),
)
def test_no_answer_rests_on_a_frame_without_an_identity(
    seed: int, frames: list[tuple[float, float]], fps: float
) -> None:
    """Face: matched to that person's checked portrait on every frame aside or with shut eyes."""
    sampler, blinks = Sampler(seed), BlinkDetector()
    for index, (yaw, eye) in enumerate(frames):
        t = index / fps
        asked = sampler.asks(t, _marks(yaw, eye))
        blinks.feed(t, eye, yaw)
        assert asked or not (abs(yaw) > SHIPPED.aside_yaw or blinks.shut)
