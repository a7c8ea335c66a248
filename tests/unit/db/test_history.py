"""Which rows of a transaction are stamped, and which changes are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.db.changes import GENESIS, Stamps, next_rolling

TOUCHES = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("12"), st.sampled_from(["s:1", "s:2"]), st.booleans()),
    min_size=1,
)


@given(TOUCHES)
def test_the_last_word_of_a_transaction_holds(touches: list[tuple[str, str, str, bool]]) -> None:
    stamps = Stamps()
    for table, row, scope, gone in touches:
        stamps.touch(table, row, [scope], gone=gone)
    assert stamps.touched() == sorted({(table, row) for table, row, _scope, _gone in touches})
    assert bool(stamps)
    assert not Stamps()


@pytest.mark.rule("U-1")
@given(TOUCHES)
def test_the_rolling_hash_is_of_what_was_touched_not_of_its_order(
    touches: list[tuple[str, str, str, bool]],
) -> None:
    """Append-only: each commit's hash rolls over the one before, the audit head and its rows."""
    forth, back = Stamps(), Stamps()
    for table, row, scope, gone in touches:
        forth.touch(table, row, [scope], gone=gone)
    for table, row, scope, gone in reversed(touches):
        back.touch(table, row, [scope], gone=gone)
    assert forth.digest() == back.digest()
    rolled = next_rolling(GENESIS, GENESIS, forth.digest())
    assert (
        rolled
        != next_rolling(rolled, GENESIS, forth.digest())
        != next_rolling(GENESIS, rolled, forth.digest())
    )
