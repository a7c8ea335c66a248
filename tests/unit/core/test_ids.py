"""Ids: form, growth, and growth above a given one."""

from hypothesis import given
from hypothesis import strategies as st

from core.ids import is_id, is_time_ordered, new_id


def test_ids_grow_in_a_process() -> None:
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(set(made))
    assert all(len(one) == 36 and is_time_ordered(one) for one in made[:100])


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**12 - 1), st.integers(0, 2**62 - 2))
def test_an_id_is_above_the_given_one_even_from_the_future(stamp: int, counter: int, tail: int) -> None:
    digits = f"{stamp << 80 | 7 << 76 | counter << 64 | 2 << 62 | tail:032x}"
    above = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    assert is_time_ordered(above)
    made = new_id(above)
    assert made > above
    assert is_time_ordered(made)


def test_the_count_carries_over_the_fixed_bits() -> None:
    assert new_id("fffffff0-0000-7fff-bfff-ffffffffffff") == "fffffff0-0001-7000-8000-000000000000"


def test_other_forms_are_not_ids() -> None:
    assert not is_id("01A207F1-3E26-71A4-954F-91F2A4AE0868")
    assert not is_id("01a207f13e2671a4954f91f2a4ae0868")
    assert is_id("6fa459ea-ee8a-3ca4-894e-db77e160355e")
    assert not is_time_ordered("6fa459ea-ee8a-3ca4-894e-db77e160355e")
