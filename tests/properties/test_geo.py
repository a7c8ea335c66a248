"""Geometry for all points: conversions round-trip, distance is a distance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.geo.coordinates import convert
from core.geo.distance import distance_m, nearness
from core.geo.fix import Fix, Worth, worth_of
from core.geo.point import Point, System

SYSTEMS = st.sampled_from(["WGS-84", "GCJ-02", "BD-09"])
CHINA = st.builds(Point, st.floats(18, 53), st.floats(74, 135))
SHANGHAI = st.builds(Point, st.floats(30.6, 31.95), st.floats(120.8, 122.3))
ANYWHERE = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.rule("J-6")
@given(CHINA, SYSTEMS, SYSTEMS)
def test_conversions_come_back(point: Point, first: System, second: System) -> None:
    """Stored as WGS-84; a map service's own system is converted at its adapter, to the millimetre."""
    there = convert(convert(point, first), second)
    assert there.system == second
    back = convert(there, "WGS-84")
    assert (back.lat, back.lon) == pytest.approx((point.lat, point.lon), abs=1e-8)


@pytest.mark.rule("J-6")
@given(SHANGHAI)
def test_a_forgotten_conversion_would_be_seen(point: Point) -> None:
    """The shift of GCJ-02 is hundreds of metres here: systems must never be mixed."""
    bent = convert(point, "GCJ-02")
    assert 200 < distance_m(point, Point(bent.lat, bent.lon)) < 800
    assert distance_m(point, bent) < 0.01


@given(ANYWHERE, ANYWHERE)
def test_distance_is_symmetric_and_zero_only_at_home(one: Point, other: Point) -> None:
    assert distance_m(one, other) == pytest.approx(distance_m(other, one), abs=1e-6)
    assert distance_m(one, one) == 0
    assert 0 <= distance_m(one, other) < 20_040_000


@given(SHANGHAI, SHANGHAI, SHANGHAI)
def test_no_way_is_shorter_than_the_straight_one(a: Point, b: Point, c: Point) -> None:
    assert distance_m(a, c) <= distance_m(a, b) + distance_m(b, c) + distance_m(a, c) * 0.006 + 1e-6


@pytest.mark.rule("S-4")
@given(SHANGHAI, SHANGHAI, st.integers(100, 2000), st.floats(0, 5000), st.floats(0, 5000))
def test_a_worse_fix_never_puts_anybody_outside(
    site: Point, place: Point, radius: int, accuracy: float, worse: float
) -> None:
    """The accuracy counts in the person's favour, and never more than 100 m."""
    inside = nearness(site, radius, place, accuracy).inside
    assert not inside or nearness(site, radius, place, accuracy + worse).inside
    assert not inside or distance_m(site, place) <= radius + 100


@pytest.mark.rule("S-15")
@given(SHANGHAI, st.integers(0, 2_000_000), st.integers(0, 2_000_000))
def test_an_older_fix_is_never_worth_more(point: Point, age: int, more: int) -> None:
    """A position has an age: at most 60 s, up to 10 minutes, then none."""
    order = [Worth.GOOD, Worth.SOFT, Worth.NONE]
    first, later = (worth_of(Fix(point, 5, one, "wifi")) for one in (age, age + more))
    assert order.index(first) <= order.index(later)
