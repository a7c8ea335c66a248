"""The audit chain: whoever changes, swaps or takes out an entry breaks it, and it says where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.audit.chain import GENESIS, Record, first_broken, link

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
Entries = list[tuple[Record, str]]


@st.composite
def chains(draw: st.DrawFn) -> Entries:
    """A log of a few entries, rightly linked."""
    made, previous = [], GENESIS
    for seq in range(1, draw(st.integers(1, 8)) + 1):
        record = Record(
            seq, draw(st.integers(0, 2**45)), "account", draw(st.none() | TEXTS), None, draw(TEXTS), 1,
            draw(TEXTS), "accepted", draw(st.sampled_from(["0" * 64, "ab" * 32])),
        )  # fmt: skip
        previous = link(previous, record)
        made.append((record, previous))
    return made


@pytest.mark.rule("U-1")
@given(chains(), st.data())
def test_an_altered_entry_is_named(entries: Entries, data: st.DataObject) -> None:
    """`verify` names the first broken link."""
    assert first_broken(entries) is None
    at = data.draw(st.integers(0, len(entries) - 1))
    record, hashed = entries[at]
    field, value = data.draw(
        st.sampled_from(
            [("at_ms", -1), ("actor_id", "x" * 13), ("outcome", "refused"), ("version", 2), ("seq", 99)]
        )
    )
    entries[at] = (record._replace(**{field: value}), hashed)
    assert first_broken(entries) == at + 1


@pytest.mark.rule("U-1")
@given(chains(), st.data())
def test_an_entry_relinked_by_hand_breaks_at_the_next(entries: Entries, data: st.DataObject) -> None:
    """Append-only, chained by hash: who forges one link has to forge all that follow."""
    at = data.draw(st.integers(0, len(entries) - 1))
    forged = entries[at][0]._replace(at_ms=-1)
    entries[at] = (forged, link(entries[at - 1][1] if at else GENESIS, forged))
    assert first_broken(entries) == (at + 2 if at + 1 < len(entries) else None)


@pytest.mark.rule("U-1")
@given(chains(), st.data())
def test_a_missing_or_swapped_entry_is_named(entries: Entries, data: st.DataObject) -> None:
    """The first broken link is where something is missing; the log's end is witnessed by the commits."""
    at = data.draw(st.integers(0, len(entries) - 1))
    gone = [*entries[:at], *entries[at + 1 :]]
    assert first_broken(gone) == (None if at == len(entries) - 1 else at + 1)
    if at + 1 < len(entries):
        swapped = [*entries[:at], entries[at + 1], entries[at], *entries[at + 2 :]]
        assert first_broken(swapped) == at + 1
