"""Failures are counted by address and forgotten in time; nobody's failures are another's."""

from hypothesis import given
from hypothesis import strategies as st

from server.throttle import Throttle

WINDOW = 1000


@given(st.lists(st.tuples(st.sampled_from(["10.0.0.1", "10.0.0.2"]), st.integers(0, 400)), max_size=40))
def test_an_address_waits_while_it_has_failed_too_often_lately(steps: list[tuple[str, int]]) -> None:
    throttle, now = Throttle(3, WINDOW), 0
    failed: dict[str, list[int]] = {"10.0.0.1": [], "10.0.0.2": []}
    for address, later in steps:
        now += later
        throttle.failed(address, now)
        failed[address].append(now)
        for each, times in failed.items():
            assert throttle.waits(each, now) == (sum(at > now - WINDOW for at in times) >= 3)


def test_whoever_has_a_network_has_one_address() -> None:
    throttle = Throttle(2, WINDOW)
    throttle.failed("2001:db8:1:2::1", 0)
    throttle.failed("2001:db8:1:2:ffff::9%eth0", 0)
    assert throttle.waits("2001:db8:1:2::77", 1)
    assert not throttle.waits("2001:db8:1:3::1", 1)
    assert not throttle.waits("no address at all", 1)


def test_memory_is_bounded() -> None:
    throttle = Throttle(1, WINDOW)
    for number in range(10_001):
        throttle.failed(f"somewhere-{number}", 0)
    assert not throttle.waits("somewhere-0", 0)
    assert throttle.waits("somewhere-1", 0)
