"""How long an account waits after failed logins (A-4), as a pure function of the failures."""

from collections.abc import Sequence

WINDOW_MS = 15 * 60_000
FREE_FAILURES = 5
_FIRST_WAIT_MS = 60_000
_LONGEST_WAIT_MS = 3_600_000
MEMORY_MS = 24 * 3_600_000
"""How long a failure is remembered."""
LOGIN_MS = 12 * 3_600_000
"""How long a login lasts."""


def waits_until_ms(failures_ms: Sequence[int], now_ms: int) -> int | None:
    """Until when the next try has to wait; None if it may be made now.

    After five failures within 15 minutes one minute; a failure within 15 minutes after a wait doubles it, up to
    an hour (A-4). Who keeps trying therefore never gets back to five free tries.
    """
    level, until = 0, 0
    recent: list[int] = []
    for t in sorted(failures_ms):
        recent = [*(r for r in recent if r > t - WINDOW_MS), t]
        if level and t <= until + WINDOW_MS:
            level += 1
        else:
            level = int(len(recent) >= FREE_FAILURES)
        if level:
            until = t + min(_FIRST_WAIT_MS * 2 ** (level - 1), _LONGEST_WAIT_MS)
    return until if until > now_ms else None
