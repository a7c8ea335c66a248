"""Pauses: nothing is tried in a circle, and nothing is given up."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from server.pauses import FIRST_MS, MOST_MS, Pauses


@given(st.lists(st.integers(0, 3 * MOST_MS), max_size=60), st.integers(0, 10**13))
def test_each_pause_is_longer_up_to_a_day_and_none_is_for_ever(steps: list[int], begun: int) -> None:
    pauses, now, begins = Pauses(), begun, []
    for step in steps:
        if pauses.over("other", "a", now):
            pauses.begin("other", "a", now)
            begins.append(now)
        assert not pauses.over("other", "a", now) and pauses.over("other", "b", now)
        assert pauses.over("few", "a", now) and pauses.over("other", "a", now + MOST_MS)
        now += step
    asked = [min(FIRST_MS * 2**number, MOST_MS) for number in range(len(begins))]
    waited = [later - before for before, later in pairwise(begins)]
    assert all(passed >= pause for passed, pause in zip(waited, asked, strict=False))


def test_a_day_of_trying_all_the_time_is_a_few_tries() -> None:
    pauses, tries = Pauses(), 0
    for now in range(0, MOST_MS, 1_000):
        if pauses.over("other", "a", now):
            pauses.begin("other", "a", now)
            tries += 1
    assert tries == 11
