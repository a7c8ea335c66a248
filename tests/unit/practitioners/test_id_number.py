"""The ID number's check digit, and the positions that certificates open."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from core.employment.rules import positions
from core.practitioners.rules import LEVEL_1, LEVEL_2, OPERATOR, id_number_is_valid

DIGITS = "0123456789"


@pytest.mark.rule("B-6")
@given(
    st.text(DIGITS, min_size=6, max_size=6),
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.text(DIGITS, min_size=3, max_size=3),
    st.integers(0, 17),
    st.sampled_from(DIGITS + "X"),
)
def test_any_single_wrong_character_is_found(
    place: str, born: date, serial: str, at: int, other: str
) -> None:
    """ID number (GB 11643 check digit)."""
    stem = f"{place}{born:%Y%m%d}{serial}"
    fitting = [stem + digit for digit in DIGITS + "X" if id_number_is_valid(stem + digit)]
    assert len(fitting) == 1
    wrong = fitting[0][:at] + other + fitting[0][at + 1 :]
    assert id_number_is_valid(wrong) == (wrong == fitting[0])


def test_the_standards_example_passes_in_either_case() -> None:
    assert id_number_is_valid("11010519491231002X")
    assert id_number_is_valid("11010519491231002x")


def test_a_birthday_that_never_was_is_no_birthday() -> None:
    """The check digit alone would let it pass."""
    stem = "11010519490229002"
    assert not id_number_is_valid(stem + ric.calc_check_digit(stem + "0"))


@pytest.mark.parametrize("text", ["", "１１０１０５１９４９１２３１００２X", "²" * 17 + "X", "1" * 19])
def test_digits_of_other_scripts_are_none(text: str) -> None:
    assert not id_number_is_valid(text)


@given(st.text(max_size=20))
def test_no_text_breaks_it(text: str) -> None:
    assert id_number_is_valid(text) in (True, False)


@pytest.mark.rule("E-1")
def test_certificates_open_positions() -> None:
    """Engineer or operator; with an operator certificate: operator; anyone: representative."""
    assert positions([]) == {"representative"}
    assert positions([OPERATOR]) == {"representative", "operator"}
    assert positions([LEVEL_1]) == positions([LEVEL_2]) == {"representative", "operator", "engineer"}
