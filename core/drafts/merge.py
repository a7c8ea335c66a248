"""Merges an edit made on an older copy into the row as it stands: group by group, and no value is thrown away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta

from core.errors import BadInput
from core.fields import Line

Groups = Mapping[str, tuple[str, ...]]
"""Fields that belong together by the group's name: they are changed together or not at all."""


class GroupEdit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One group as its author saw it, and as he wants it; both name every field of the group."""

    group: Annotated[str, Meta(max_length=40)]
    seen: dict[str, Line]
    value: dict[str, Line]

    def wanted(self) -> dict[str, str]:
        """What shall stand: blanks around a text are nobody's wish, and two numbers must not differ by them alone."""
        return {name: text.strip() for name, text in self.value.items()}


@dataclass(frozen=True, slots=True)
class Clash:
    """A group that somebody else changed meanwhile: what both wrote."""

    group: str
    seen: dict[str, str]
    theirs: dict[str, str]
    mine: dict[str, str]


@dataclass(frozen=True, slots=True)
class Merged:
    """What an edit comes to: the record after it, and what it could not decide."""

    values: dict[str, str]
    clashes: tuple[Clash, ...]


def edits_of(groups: Groups, seen: Mapping[str, str], wanted: Mapping[str, str]) -> list[GroupEdit]:
    """The edits that lead from what was seen to what is wanted: only groups in which something differs."""
    edits = [
        GroupEdit(
            group=group,
            seen={name: seen[name] for name in names},
            value={name: wanted[name].strip() for name in names},
        )
        for group, names in groups.items()
    ]
    return [edit for edit in edits if any(edit.value[name] != edit.seen[name].strip() for name in edit.seen)]


def merge(groups: Groups, current: Mapping[str, str], edits: Sequence[GroupEdit]) -> Merged:
    """Applies each group that nobody changed since it was seen; raises ``BadInput`` for a group that is none.

    A group that stands already as it was wanted is left alone, so that the same edit may come twice.
    """
    values, clashes = dict(current), []
    for edit in edits:
        names = groups.get(edit.group)
        if names is None or set(edit.seen) != set(names) or set(edit.value) != set(names):
            raise BadInput("drafts.group", "修改的内容与记录不符", "请把程序升级到与服务器相同的版本")
        standing, wanted = {name: values[name] for name in names}, edit.wanted()
        if standing == wanted:
            continue
        if standing == edit.seen:
            values.update(wanted)
        else:
            clashes.append(Clash(edit.group, dict(edit.seen), standing, wanted))
    return Merged(values, tuple(clashes))
