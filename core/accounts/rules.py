"""How long an account waits after failed logins (A-4), as a pure function of the failures."""

from collections.abc import Sequence

WINDOW_MS = 15 * 60_000
FREE_FAILURES = 5
_FIRST_WAIT_MS = 60_000
_LONGEST_WAIT_MS = 3_600_000
LOGIN_MS = 12 * 3_600_000
"""How long a login lasts."""


def waits_until_ms(failures_ms: Sequence[int], now_ms: int) -> int | None:
    """Until when the next try has to wait; None if it may be made now.

    After five failures within 15 minutes one minute, doubling with each further failure, an hour at most (A-4).
    """
    recent = sorted(t for t in failures_ms if t > now_ms - WINDOW_MS)
    over = len(recent) - FREE_FAILURES
    if over < 0:
        return None
    until = recent[-1] + min(_FIRST_WAIT_MS * 2**over, _LONGEST_WAIT_MS)
    return until if until > now_ms else None
