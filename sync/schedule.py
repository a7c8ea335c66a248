"""When to run the next round: pure arithmetic, so that it can be tested without waiting."""

IDLE_S = 30.0
"""Between rounds when all is well; a submit or a word from the server comes in between."""
FIRST_S = 2.0
LONGEST_S = 300.0
OFFLINE_S = 8.0
"""A server that can't be reached at all is asked again this soon: a try that meets nobody costs nobody anything."""
REVOKED_S = 3600.0
"""A device whose admission is over hears nothing new, unless somebody admits it again."""


def delay_s(failures: int, chance: float, *, offline: bool = False) -> float:
    """Seconds until the next try after so many failures in a row; ``chance`` in [0, 1) spreads the devices.

    The first failure waits about 2 s, each further one twice as long, never more than 5 minutes — or, while nobody
    answers at all, 8 seconds: when the network returns, the office knows within seconds (J1).
    """
    if failures == 0:
        return IDLE_S
    longest = min(OFFLINE_S if offline else LONGEST_S, FIRST_S * 2.0 ** min(failures - 1, 16))
    return longest * (0.5 + 0.5 * chance)
