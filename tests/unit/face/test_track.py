"""The track: who is seen in profile, and who has to be himself again."""

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.face.shipped import SHIPPED
from core.face.track import Track
from core.face.types import Box, Landmarks, Observation, Pose, Vector

SAME = 0.44
STEP = 0.1
MESH = np.zeros((0, 3), dtype=np.float32)


def _vector(likeness: float) -> Vector:
    found = np.zeros(128, dtype=np.float32)
    found[:2] = likeness, (1 - likeness**2) ** 0.5
    return found


AHEAD = [(0.0, 0.9)] * 5


def _fault(faces: Iterable[tuple[float, float | None]]) -> str | None:
    """The fault of a face with these yaws and likenesses, frame after frame."""
    return _judged(faces)[0]


def _judged(faces: Iterable[tuple[float, float | None]]) -> tuple[str | None, Track]:
    track, fault = Track(_vector(1.0), SAME), None
    for index, (yaw, likeness) in enumerate(faces):
        marks = Landmarks(MESH, 1.0, Pose(yaw, 0, 0), (0.2, 0.2))
        vector = None if likeness is None else _vector(likeness)
        seen = Observation(index * STEP, 1, Box(0, 0, 100, 100), marks, vector=vector, stirred=1.0)
        fault = fault or track.feed(seen)
    return fault, track


@pytest.mark.rule("S-3")
@given(st.floats(-SHIPPED.profile_yaw, SHIPPED.profile_yaw), st.floats(-1.0, SAME - 0.01))
def test_somebody_else_is_noticed_at_once(yaw: float, likeness: float) -> None:
    """Face: matched to that person's checked portrait, live, at the device."""
    assert _fault([*AHEAD, (yaw, likeness)]) == "identity"


@given(st.sampled_from([-1, 1]), st.floats(-0.1, SAME - 0.01), st.integers(1, 8))
def test_a_profile_that_is_unlike_its_owner_is_forgiven_for_a_second(
    side: int, likeness: float, frames: int
) -> None:
    aside, led = [(side * (SHIPPED.profile_yaw + 1), likeness)], [(side * SHIPPED.led_yaw, 0.8)]
    fault, track = _judged(AHEAD + led + aside * frames + AHEAD)
    assert fault is None and track.profile == pytest.approx(likeness, abs=1e-6)
    assert track.likeness == pytest.approx(0.8), "what was forgiven is told on its own"
    assert _fault(AHEAD + led + aside * 12) == "identity"


@pytest.mark.rule("S-3")
@given(
    st.sampled_from([-1, 1]),
    st.floats(-0.1, SAME - 0.01),
    st.sampled_from(["none", "other", "before", "little"]),
)
def test_a_profile_is_forgiven_only_to_who_was_seen_to_turn_that_way(
    side: int, likeness: float, how: str
) -> None:
    """Face: matched to that person's checked portrait: nobody else is shown once the head is far enough aside."""
    way = {
        "none": [],
        "other": [(-side * 20.0, 0.8)],
        "before": [(side * 20.0, 0.8), (0.0, 0.9)],
        "little": [(side * (SHIPPED.led_yaw - 1), 0.8)],
    }[how]
    assert _fault([*AHEAD, *way, (side * (SHIPPED.profile_yaw + 1), likeness)]) == "identity"


@pytest.mark.rule("S-3")
@given(st.floats(SHIPPED.aside_yaw + 0.1, 60.0), st.sampled_from([-1, 1]))
def test_a_turn_that_nobody_was_asked_on_is_nobodys(yaw: float, side: int) -> None:
    """Face: matched to that person's checked portrait on every frame of a turn."""
    assert _fault([*AHEAD, (side * yaw, None)]) == "identity"
    assert _fault([*AHEAD, (side * yaw, 0.8), (0.0, None)]) is None


@given(st.floats(-0.1, SAME - 0.01), st.integers(1, 8))
def test_who_comes_out_of_a_profile_has_to_be_who_went_into_it(likeness: float, frames: int) -> None:
    way = [(20, 0.7), *[(45, 0.3)] * frames]
    assert _fault([*AHEAD, *way, (20, 0.7)]) is None
    assert _fault([*AHEAD, *way, (20, likeness)]) == "identity"
