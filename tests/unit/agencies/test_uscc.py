"""The credit code's check character, and what a registration needs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.agencies.rules import covers, faults, uscc_is_valid
from tests.factories.world import valid_uscc

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.rule("B-3")
@given(
    st.text("0123456789", min_size=8, max_size=8),
    st.text(LETTERS, min_size=9, max_size=9),
    st.integers(0, 17),
    st.sampled_from(LETTERS),
)
def test_any_single_wrong_character_is_found(place: str, body: str, at: int, other: str) -> None:
    """18 characters with check character, GB 32100-2015: exactly one check character fits, and no slip passes."""
    stem = place + body
    fitting = [stem + letter for letter in LETTERS if uscc_is_valid(stem + letter)]
    assert len(fitting) == 1
    wrong = fitting[0][:at] + other + fitting[0][at + 1 :]
    assert uscc_is_valid(wrong) == (wrong == fitting[0])


@given(st.text(max_size=20))
def test_no_text_breaks_it(text: str) -> None:
    assert uscc_is_valid(text) in (True, False)


def test_a_known_code_passes() -> None:
    """The example of GB 32100-2015 as the standard prints it."""
    assert uscc_is_valid("91350100M000100Y43")
    assert not uscc_is_valid("91350100m000100y43")


@pytest.mark.rule("B-6")
def test_every_fault_is_told_at_once() -> None:
    """The four parts are checked … all together on the server."""
    assert [fault.field for fault in faults(" ", "1", ["包治百病"])] == ["name", "uscc", "qualifications"]
    assert [fault.field for fault in faults("机构", valid_uscc(1), [])] == ["qualifications"]
    assert faults("机构", valid_uscc(1), ["消防安全评估"]) == []


@pytest.mark.rule("J-3")
def test_the_kind_lies_within_the_qualification() -> None:
    """维护保养检测 = maintenance + inspection; 消防安全评估 = assessment."""
    both = [["维护保养检测"], ["消防安全评估"]]
    assert [[covers(q, kind) for q in both] for kind in ("maintenance", "inspection", "assessment", "x")] == [
        [True, False],
        [True, False],
        [False, True],
        [False, False],
    ]
