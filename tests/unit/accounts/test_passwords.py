"""Passwords and login names, in every combination of the four classes."""

from itertools import combinations

import pytest
from argon2 import extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from core.accounts import passwords
from core.errors import BadInput

CLASSES = {"中文": "执业消防", "英文字母": "abcXYZ", "数字": "0189", "特殊字符": "!@ #·"}
SETS = [set(chosen) for size in range(1, 5) for chosen in combinations(CLASSES, size)]


@pytest.mark.rule("A-2")
@given(st.data(), st.sampled_from(SETS), st.integers(4, 16))
def test_three_of_four_classes_and_eight_characters(
    data: st.DataObject, chosen: set[str], length: int
) -> None:
    """At least 8 characters and at least three of four classes; the form says which class is missing."""
    first = [data.draw(st.sampled_from(CLASSES[name])) for name in sorted(chosen)]
    letters = "".join(CLASSES[name] for name in sorted(chosen))
    rest = data.draw(st.text(letters, min_size=length - len(first), max_size=length - len(first)))
    text = "".join(data.draw(st.permutations([*first, *rest])))
    assert set(passwords.missing_classes(text)) == set(CLASSES) - chosen
    assert (passwords.faults(text) == []) == (len(text) >= 8 and len(chosen) >= 3)


@pytest.mark.rule("A-2")
def test_a_weak_one_is_told_every_fault() -> None:
    """The form says which class is missing while one types."""
    with pytest.raises(BadInput) as refused:
        passwords.require_strong("abc1", "密码")
    assert "至少需要 8 位" in refused.value.sentence
    assert "中文、特殊字符" in refused.value.sentence


@pytest.mark.rule("A-2")
def test_it_is_kept_as_argon2id() -> None:
    """Stored as argon2id."""
    stored = passwords.hashed("测试口令abc123")
    assert stored.startswith("$argon2id$v=19$")
    assert passwords.matches(stored, "测试口令abc123")
    assert passwords.matches(stored, "测试口令ａｂｃ１２３"), (
        "an input method's full width is the same password"
    )
    assert not passwords.matches(stored, "测试口令abc124")


def test_full_width_letters_are_letters() -> None:
    assert passwords.faults("ＡＡＡＡａａａａ！") == passwords.faults("AAAAaaaa!") != []


@pytest.mark.rule("A-1")
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=20))
def test_names_are_compared_without_regard_to_case_or_width(name: str) -> None:
    """Login name, unique without regard to case."""
    folded = passwords.folded(name)
    assert passwords.folded(folded) == folded
    plain = "".join(char for char in name if char.isascii() and char.isalnum())
    wide = "".join(chr(ord(char) + 0xFEE0) for char in plain)
    assert passwords.folded(plain.upper()) == passwords.folded(plain.lower()) == passwords.folded(wide)


@pytest.mark.rule("A-4")
def test_an_unknown_name_takes_as_long() -> None:
    """The answer never tells whether the name exists: what it is compared with is hashed as a new password is."""
    new = passwords.hashed("测试口令abc123")
    assert extract_parameters(passwords.UNKNOWN) == extract_parameters(new)
    assert not passwords.matches(passwords.UNKNOWN, "nobody's password")
