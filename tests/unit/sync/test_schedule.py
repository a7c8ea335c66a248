"""When sync tries again: soon at first, rarely where the server is in trouble, within seconds where nobody answers."""

import pytest

from sync.schedule import IDLE_S, LONGEST_S, OFFLINE_S, delay_s


def test_without_a_failure_it_waits_the_idle_time() -> None:
    assert delay_s(0, 0.5) == IDLE_S


@pytest.mark.parametrize("chance", [0.0, 0.999])
def test_failures_double_the_wait_up_to_a_limit(chance: float) -> None:
    waits = [delay_s(failures, chance) for failures in range(1, 40)]
    assert waits == sorted(waits)
    assert waits[0] <= 2.0
    assert LONGEST_S / 2 <= waits[-1] <= LONGEST_S


def test_an_unreachable_server_is_asked_again_within_seconds() -> None:
    assert max(delay_s(failures, 0.999, offline=True) for failures in range(1, 40)) <= OFFLINE_S
