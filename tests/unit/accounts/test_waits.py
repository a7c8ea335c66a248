"""How long an account waits after failed logins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.accounts.rules import FREE_FAILURES, WINDOW_MS, waits_until_ms

MINUTE = 60_000


@pytest.mark.rule("A-4")
def test_four_failures_are_free_and_the_fifth_waits() -> None:
    """After 5 within 15 minutes the account waits."""
    four = [i * 1000 for i in range(4)]
    assert waits_until_ms(four, 4_000) is None
    assert waits_until_ms([*four, 4_000], 4_000) == 4_000 + MINUTE
    assert waits_until_ms([*four, 4_000], 4_000 + MINUTE) is None
    slow = [i * WINDOW_MS // 4 for i in range(20)]
    assert waits_until_ms(slow, slow[-1]) is None


@pytest.mark.rule("A-4")
def test_who_keeps_trying_waits_longer_each_time() -> None:
    """After 5 within 15 minutes the account waits, longer each time."""
    failures, now, waits = [0] * FREE_FAILURES, 0, []
    for _ in range(10):
        until = waits_until_ms(failures, now)
        assert until is not None
        waits.append((until - now) // MINUTE)
        now = until
        failures.append(now)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]


@pytest.mark.rule("A-4")
@given(st.lists(st.integers(0, 10 * WINDOW_MS), max_size=30), st.integers(0, 12 * WINDOW_MS))
def test_one_more_failure_never_shortens_the_wait(failures: list[int], now: int) -> None:
    """Longer each time: a failure now can only make the wait longer, whatever came before and in what order."""
    past = [t for t in failures if t <= now]
    before, after = waits_until_ms(past, now) or 0, waits_until_ms([now, *past], now) or 0
    assert after >= before
    assert waits_until_ms(past[::-1], now) == waits_until_ms(past, now)
