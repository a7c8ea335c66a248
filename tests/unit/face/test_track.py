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


def _fault(faces: Iterable[tuple[float, float]]) -> str | None:
    """The fault of a face with these yaws and likenesses, frame after frame."""
    track = Track(_vector(1.0), SAME)
    for index, (yaw, likeness) in enumerate(faces):
        marks = Landmarks(MESH, 1.0, Pose(yaw, 0, 0), (0.2, 0.2))
        seen = Observation(index * STEP, 1, Box(0, 0, 100, 100), marks, vector=_vector(likeness), stirred=1.0)
        if fault := track.feed(seen):
            return fault
    return None


@pytest.mark.rule("S-3")
@given(st.floats(-SHIPPED.profile_yaw, SHIPPED.profile_yaw), st.floats(-1.0, SAME - 0.01))
def test_somebody_else_is_noticed_at_once(yaw: float, likeness: float) -> None:
    """Face: matched to that person's checked portrait, live, at the device."""
    assert _fault([(0, 0.9)] * 5 + [(yaw, likeness)]) == "identity"


@given(st.sampled_from([-1, 1]), st.floats(-0.1, SAME - 0.01), st.integers(1, 8))
def test_a_profile_that_is_unlike_its_owner_is_forgiven_for_a_second(
    side: int, likeness: float, frames: int
) -> None:
    aside = [(side * (SHIPPED.profile_yaw + 1), likeness)]
    assert _fault([(0, 0.9)] * 5 + aside * frames + [(0, 0.9)] * 5) is None
    assert _fault([(0, 0.9)] * 5 + aside * 12) == "identity"


@given(st.floats(-0.1, SAME - 0.01), st.integers(1, 8))
def test_who_comes_out_of_a_profile_has_to_be_who_went_into_it(likeness: float, frames: int) -> None:
    assert _fault([(0, 0.9)] * 5 + [(45, 0.3)] * frames + [(20, likeness)]) == "identity"
