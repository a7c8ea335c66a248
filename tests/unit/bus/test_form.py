"""What no database could keep is refused before anything is looked up, whoever put the command together."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.form import holds_zero, require_form
from core.ids import new_id
from core.practitioners.commands import RegisterPerson
from core.projects.commands import SetPlace

GOOD = '\u4e2d\u6587 abc \\ " \U00020000'


def person(name: str, person_id: str | None = None) -> RegisterPerson:
    """A command with a free text and an id."""
    return RegisterPerson(person_id=person_id or new_id(), name=name)


def test_what_people_write_passes() -> None:
    require_form(person(GOOD))
    require_form(person("\\u0000"))


@given(
    st.recursive(
        st.text("\0\\u0a"), lambda inner: st.lists(inner) | st.dictionaries(st.text("\0\\u0"), inner)
    )
)
def test_a_zero_byte_is_found_and_its_spelling_is_none(value: object) -> None:
    """Whoever types a backslash, u and four noughts has typed no zero byte."""
    assert holds_zero(msgspec.json.encode(value)) == ("\0" in _words(value))


def _words(value: object) -> str:
    """All texts in it."""
    if isinstance(value, dict):
        return "".join(name + _words(inner) for name, inner in value.items())
    return "".join(map(_words, value)) if isinstance(value, list) else str(value)


@pytest.mark.parametrize("name", ["\0", "a\0b", "\ud800", "长" * 61, ""])
def test_text_that_cannot_be_kept(name: str) -> None:
    with pytest.raises(BadInput) as refused:
        require_form(person(name))
    assert refused.value.code == "commands.body"


@given(st.text(max_size=40).filter(lambda text: len(text) != 36))
def test_an_id_is_an_id(text: str) -> None:
    with pytest.raises(BadInput):
        require_form(person("某人", text or "x"))


@pytest.mark.parametrize("lat", [91.0, -90.1, float("nan"), float("inf")])
def test_a_point_lies_on_the_earth(lat: float) -> None:
    with pytest.raises(BadInput):
        require_form(SetPlace(project_id=new_id(), lat=lat, lon=121.0, radius_m=500))
