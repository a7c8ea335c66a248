"""Clocks: the machine's own, the fake, and days in Shanghai."""

from datetime import UTC, date, datetime

import pytest

from core.clock import Clock, SystemClock, day_of, day_of_ms, from_ms, ms_of
from tests.fakes.clock import FakeClock


@pytest.mark.parametrize("clock", [SystemClock(), FakeClock()], ids=["system", "fake"])
def test_a_clock_goes_forward_and_keeps_its_boot(clock: Clock) -> None:
    first, then = clock.boot(), clock.boot()
    assert first.id == then.id != ""
    assert 0 <= first.ms <= then.ms
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()


def test_two_system_clocks_name_the_same_boot() -> None:
    assert SystemClock().boot().id == SystemClock().boot().id


def test_the_fake_moves_wall_and_boot_apart() -> None:
    clock = FakeClock()
    before = clock.boot()
    clock.advance(minutes=1)
    clock.move_wall(-3_600_000)
    assert clock.boot().ms - before.ms == 60_000
    assert ms_of(clock.now()) == clock.true_ms - 3_600_000
    clock.reboot()
    assert clock.boot().id != before.id
    assert clock.boot().ms == 0


def test_a_day_begins_at_midnight_in_shanghai() -> None:
    assert day_of(datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC)) == date(2026, 3, 1)
    assert day_of(datetime(2026, 3, 1, 16, 0, tzinfo=UTC)) == date(2026, 3, 2)
    assert day_of_ms(ms_of(datetime(2026, 3, 1, 16, 0, tzinfo=UTC))) == date(2026, 3, 2)


def test_milliseconds_are_exact_both_ways() -> None:
    for ms in (0, 1, -1, 1_772_413_200_123, 4_102_444_799_999):
        assert ms_of(from_ms(ms)) == ms
