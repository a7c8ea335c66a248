"""When an invitation holds, and what a contact has to state."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.contacts.rules import FIELDS, INVITATION_MS, faults, require_usable
from core.errors import Refused

GOOD = {
    "name": "联系人",
    "telephone": "138 0000-0000",
    "job": "经理",
    "client": "示例物业",
    "address": "某路 1 号",
}


@pytest.mark.rule("C-1")
def test_an_invitation_holds_72_hours_and_once() -> None:
    """A single-use token (256 bit, 72 h)."""
    assert INVITATION_MS == 72 * 3_600_000
    require_usable(1_000, None, 999)
    for used, now, code in ((None, 1_000, "contacts.token_expired"), (5, 999, "contacts.token_used")):
        with pytest.raises(Refused) as refused:
            require_usable(1_000, used, now)
        assert refused.value.code == code
        assert refused.value.rule == "C-1"


@pytest.mark.rule("C-1")
@given(st.sets(st.sampled_from(sorted(FIELDS))), st.booleans(), st.booleans())
def test_everything_missing_is_told_at_once(missing: set[str], employee: bool, agrees: bool) -> None:
    """Fills name, telephone, job, client's name and address, states to be its employee, agrees to the notice."""
    details = {key: "  " if key in missing else value for key, value in GOOD.items()}
    expected = missing | ({"is_employee"} - {"is_employee"} if employee else {"is_employee"})
    expected |= set() if agrees else {"agrees"}
    assert {f.field for f in faults(details, is_employee=employee, agrees=agrees)} == expected


@pytest.mark.parametrize("number", ["+86 13800000000", "021-12345678", "1234567"])
def test_telephones_as_people_write_them(number: str) -> None:
    assert faults(GOOD | {"telephone": number}, is_employee=True, agrees=True) == []


@pytest.mark.parametrize("number", ["12", "一三八", "²²²²²²²²", "1" * 13, "138x0000000"])
def test_what_is_no_telephone(number: str) -> None:
    found = faults(GOOD | {"telephone": number}, is_employee=True, agrees=True)
    assert [fault.field for fault in found] == ["telephone"]


def test_nobody_fills_a_book_into_a_line() -> None:
    assert [f.field for f in faults(GOOD | {"job": "长" * 201}, is_employee=True, agrees=True)] == ["job"]
