"""Merging edits: whatever order and copies they come from, no value is lost and nothing is applied by halves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.drafts.merge import GroupEdit, edits_of, merge
from core.errors import BadInput

GROUPS = {"name": ("name",), "dates": ("first", "last"), "place": ("district", "address")}
FIELDS = [name for names in GROUPS.values() for name in names]
words = st.sampled_from(["甲", "乙", "丙", ""])
heads = st.fixed_dictionaries(dict.fromkeys(FIELDS, words))


@st.composite
def edits(draw: st.DrawFn, seen: dict[str, str]) -> list[GroupEdit]:
    chosen = draw(st.lists(st.sampled_from(sorted(GROUPS)), unique=True))
    return [
        GroupEdit(
            group=group,
            seen={name: seen[name] for name in GROUPS[group]},
            value={name: draw(words) for name in GROUPS[group]},
        )
        for group in chosen
    ]


@given(st.data(), heads)
def test_what_nobody_else_changed_is_applied_whole(data: st.DataObject, head: dict[str, str]) -> None:
    made = data.draw(edits(head))
    merged = merge(GROUPS, head, made)
    assert merged.clashes == ()
    wanted = head | {name: value for edit in made for name, value in edit.value.items()}
    assert merged.values == wanted


@given(st.data(), heads, heads)
def test_each_group_is_the_one_or_the_other_and_both_values_stay(
    data: st.DataObject, seen: dict[str, str], now: dict[str, str]
) -> None:
    """Invariant 11: a conflict discards no value."""
    made = data.draw(edits(seen))
    merged = merge(GROUPS, now, made)
    clashing = {clash.group: clash for clash in merged.clashes}
    for edit in made:
        after = {name: merged.values[name] for name in GROUPS[edit.group]}
        standing = {name: now[name] for name in GROUPS[edit.group]}
        if edit.group in clashing:
            assert (after, clashing[edit.group].theirs) == (standing, standing)
            assert (clashing[edit.group].mine, clashing[edit.group].seen) == (edit.value, edit.seen)
            assert standing not in (edit.seen, edit.value)
        else:
            assert after == edit.value
    untouched = set(GROUPS) - {edit.group for edit in made}
    assert all(merged.values[name] == now[name] for group in untouched for name in GROUPS[group])


@given(st.data(), heads, heads)
def test_the_same_edit_twice_is_one_edit(
    data: st.DataObject, seen: dict[str, str], now: dict[str, str]
) -> None:
    made = data.draw(edits(seen))
    once = merge(GROUPS, now, made)
    again = merge(GROUPS, once.values, made)
    assert again.values == once.values
    assert {clash.group for clash in again.clashes} == {clash.group for clash in once.clashes}


@given(st.data(), heads)
def test_two_people_in_different_groups_never_clash(data: st.DataObject, head: dict[str, str]) -> None:
    first, second = data.draw(edits(head)), data.draw(edits(head))
    taken = {edit.group for edit in first}
    second = [edit for edit in second if edit.group not in taken]
    one = merge(GROUPS, merge(GROUPS, head, first).values, second)
    other = merge(GROUPS, merge(GROUPS, head, second).values, first)
    assert one.clashes == other.clashes == ()
    assert one.values == other.values


@pytest.mark.parametrize(
    "edit",
    [
        GroupEdit(group="state", seen={"state": "甲"}, value={"state": "乙"}),
        GroupEdit(group="dates", seen={"first": "甲"}, value={"first": "乙"}),
        GroupEdit(group="name", seen={"name": "甲"}, value={"name": "乙", "state": "丙"}),
    ],
)
def test_a_group_that_is_none_is_refused(edit: GroupEdit) -> None:
    with pytest.raises(BadInput):
        merge(GROUPS, dict.fromkeys(FIELDS, "甲"), [edit])


@given(heads, heads)
def test_what_a_form_comes_to_leads_from_what_was_seen_to_what_is_wanted(
    seen: dict[str, str], wanted: dict[str, str]
) -> None:
    made = edits_of(GROUPS, seen, {name: f" {value}" for name, value in wanted.items()})
    merged = merge(GROUPS, seen, made)
    assert (merged.values, merged.clashes) == (wanted, ())
    changed = {group for group, names in GROUPS.items() if any(seen[n] != wanted[n] for n in names)}
    assert {edit.group for edit in made} == changed


def test_blanks_around_what_stands_are_no_edit() -> None:
    seen = dict.fromkeys(FIELDS, " 甲 ")
    assert edits_of(GROUPS, seen, dict.fromkeys(FIELDS, "甲")) == []
