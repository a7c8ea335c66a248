"""How old a position is, and what it is worth, whatever receiver, suspend and wall clock do (S-15)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import ms_of
from core.geo.fix import Worth, worth_of
from core.geo.point import Point
from kiosk.location import LastFix, kind_of
from tests.fakes.clock import FakeClock

HERE, AWAY = Point(31.2304, 121.4737), Point(31.24, 121.48)


class Suspending(FakeClock):
    """A machine whose monotonic clock stands still while it sleeps, as Linux's does."""

    def monotonic(self) -> float:
        """It has always just been switched on."""
        return 0.0


@pytest.mark.rule("S-15")
def test_a_position_grows_old_while_the_machine_sleeps() -> None:
    """S-15: A position has an age (at most 60 s; up to 10 minutes from the same device gives 待核实)."""
    clock = Suspending()
    last = LastFix(clock)
    last.take(HERE, 8.0, "gps")
    clock.advance(minutes=3)
    assert worth_of(last.newest()) is Worth.SOFT
    clock.advance(minutes=8)
    assert worth_of(last.newest()) is Worth.NONE


@pytest.mark.rule("S-15")
def test_a_position_that_the_system_kept_is_as_old_as_its_stamp() -> None:
    """S-15: A position has an age (at most 60 s)."""
    clock = FakeClock()
    last = LastFix(clock)
    last.take(HERE, 8.0, "gps", taken_ms=ms_of(clock.now()) - 300_000)
    fix = last.newest()
    assert fix is not None and fix.age_ms == 300_000
    assert worth_of(fix) is Worth.SOFT


@pytest.mark.rule("S-15")
@given(st.integers(-10_000_000, 10_000_000), st.lists(st.integers(0, 900), min_size=1, max_size=8))
def test_a_wrong_wall_clock_does_not_age_a_living_receiver(error_ms: int, delays: list[int]) -> None:
    """S-15: A position has an age — the receiver's stamps advance, so it is told at once."""
    clock = FakeClock()
    clock.move_wall(error_ms)
    last = LastFix(clock)
    for delay in [0, 0, *delays]:
        clock.advance(seconds=5)
        last.take(HERE, 8.0, "gps", taken_ms=clock.true_ms - delay)
    fix = last.newest()
    assert fix is not None and abs(fix.age_ms - ([0, 0, *delays][-1])) <= 900


@pytest.mark.rule("S-15")
@given(st.integers(0, 10_000_000), st.integers(1, 20))
def test_the_same_stamp_again_is_no_newer_position(error_ms: int, times: int) -> None:
    """S-15: A position has an age; a clock that runs behind does not make it younger."""
    clock = FakeClock()
    clock.move_wall(-error_ms)
    last, stamp = LastFix(clock), clock.true_ms
    for _ in range(times + 1):
        last.take(HERE, 8.0, "gps", taken_ms=stamp)
        clock.advance(seconds=30)
    fix = last.newest()
    assert fix is not None and fix.age_ms >= times * 30_000


@pytest.mark.rule("S-15")
def test_what_is_no_position_overwrites_none() -> None:
    """S-15: 0,0 and a network address's guess are no position."""
    clock = FakeClock()
    last = LastFix(clock)
    last.take(Point(0.0, 0.0), None, "gps")
    assert last.newest() is None
    last.take(HERE, 8.0, "gps")
    last.take(Point(0.0, 0.0), 5.0, "gps")
    last.take(AWAY, 30_000.0, "network")
    last.take(AWAY, 8.0, "gps", taken_ms=ms_of(clock.now()) - 5_000)
    fix = last.newest()
    assert fix is not None and (fix.point, fix.source) == (HERE, "gps")


@pytest.mark.rule("S-15")
@pytest.mark.parametrize(
    ("service", "accuracy", "in_space", "kind"),
    [
        ("serialnmea", None, False, "gps"),
        ("winrt", 8.0, False, "gps"),
        ("geoclue2", 45.0, True, "gps"),
        ("geoclue2", 45.0, False, "wifi"),
        ("winrt", None, False, "wifi"),
        ("geoclue2", 25_000.0, False, "network"),
        ("winrt", 5_000.0, True, "network"),
    ],
)
def test_a_position_says_where_it_comes_from(
    service: str, accuracy: float | None, in_space: bool, kind: str
) -> None:
    """S-15: a network address's guess is no position."""
    assert kind_of(service, accuracy, in_space) == kind
