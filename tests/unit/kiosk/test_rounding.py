"""Distances on the start screen are as exact as a person needs, so that a trembling receiver changes nothing."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.adapters.projects import _rounded


@given(st.floats(0, 1_000_000))
def test_a_distance_is_rounded_by_little(metres: float) -> None:
    rounded = _rounded(metres)
    assert abs(rounded - metres) <= (5 if metres < 1000 else 50)
    assert rounded % 10 == 0
