"""Where somebody is: distance to a site, what a fix is worth, known points in three systems."""

import math

import pytest

from core.errors import BadInput
from core.geo.coordinates import convert, to_wgs84
from core.geo.distance import MAX_RADIUS_M, check_radius, distance_m, nearness
from core.geo.fix import Fix, Worth, flagged, judge, worth_of
from core.geo.point import Point

SITE = Point(31.2304, 121.4737)
METRE = 1 / 110_870.0
"""Degrees of latitude in a metre at Shanghai, from the length of a degree on the ellipsoid."""


def north(metres: float) -> Point:
    return Point(SITE.lat + metres * METRE, SITE.lon)


def fix(age_ms: int = 5_000, source: str = "gps", point: Point = SITE) -> Fix:
    return Fix(point, 10, age_ms, source)


@pytest.mark.rule("S-4")
@pytest.mark.parametrize(
    ("metres", "accuracy", "inside"),
    [
        (495, 0, True),
        (505, 0, False),
        (550, 60, True),
        (595, 100, True),
        (605, 1_000, False),
        (505, -5, False),
    ],
)
def test_accuracy_counts_in_the_persons_favour_up_to_100_metres(
    metres: float, accuracy: float, inside: bool
) -> None:
    """Distance ≤ radius (default 500 m), with the fix's accuracy counted in the person's favour up to 100 m."""
    found = nearness(SITE, 500, north(metres), accuracy)
    assert found.inside is inside
    assert found.distance_m == pytest.approx(metres, abs=2)
    assert 0 <= found.favour_m <= 100


@pytest.mark.rule("S-4")
def test_a_radius_lies_between_100_and_2000_metres() -> None:
    """Its radius (default 500 m, 100–2000 m, set by a manager)."""
    assert [check_radius(one) for one in (100, 500, MAX_RADIUS_M)] == [100, 500, 2000]
    for wrong in (99, 2001):
        with pytest.raises(BadInput, match="radius-range"):
            check_radius(wrong)


@pytest.mark.rule("S-4")
def test_an_unknown_accuracy_favours_nobody() -> None:
    """The fix's accuracy counts up to 100 m; what is no number counts nothing."""
    assert not nearness(SITE, 500, north(505), math.inf).inside
    assert not nearness(SITE, 500, north(505), math.nan).inside


@pytest.mark.rule("S-15")
@pytest.mark.parametrize(
    ("age", "worth"),
    [
        (0, Worth.GOOD),
        (60_000, Worth.GOOD),
        (60_001, Worth.SOFT),
        (600_000, Worth.SOFT),
        (600_001, Worth.NONE),
        (-1, Worth.NONE),
    ],
)
def test_a_position_has_an_age(age: int, worth: Worth) -> None:
    """At most 60 s; up to 10 minutes from the same device, in a basement, gives 待核实."""
    assert worth_of(fix(age)) is worth


@pytest.mark.rule("S-15")
def test_null_island_and_guesses_are_no_position() -> None:
    """0,0 and a network address's guess are no position."""
    assert worth_of(None) is Worth.NONE
    assert worth_of(fix(point=Point(0, 0))) is Worth.NONE
    assert worth_of(fix(source="network")) is Worth.NONE
    assert judge(SITE, 500, fix(source="network")).missing
    assert judge(SITE, 500, fix(point=Point(1e-7, -1e-7))).missing
    assert worth_of(fix(10**9, "fixed")) is Worth.GOOD


@pytest.mark.rule("S-15")
def test_mock_and_jump_are_flagged_not_judged() -> None:
    """A mock or jumping position is flagged, not judged."""
    far = Fix(Point(31.40, 121.47), 10, 5_000, "gps")
    found = flagged(far, mock=True, before=fix(), seconds_between=30)
    assert found.flags == ("jump", "mock")
    assert worth_of(found) is Worth.GOOD
    assert flagged(far, mock=False, before=fix(), seconds_between=3_600).flags == ()
    assert flagged(far, mock=False, before=None, seconds_between=0).flags == ()


@pytest.mark.rule("S-15")
@pytest.mark.parametrize(("lat", "lon"), [(91, 0), (0, 181), (math.nan, 0), (0, math.inf)])
def test_a_point_lies_on_the_globe(lat: float, lon: float) -> None:
    """Null is not zero, and what is no place is no point."""
    with pytest.raises(BadInput, match="point-range"):
        Point(lat, lon)


@pytest.mark.rule("J-6")
def test_known_places_in_three_systems() -> None:
    """Stored as WGS-84; a map service's own system (GCJ-02, BD-09) is converted at its adapter."""
    beijing = Point(39.90734, 116.39089)
    gcj, bd = convert(beijing, "GCJ-02"), convert(beijing, "BD-09")
    assert (gcj.lat, gcj.lon) == pytest.approx((39.908746, 116.397131), abs=2e-5)
    assert (bd.lat, bd.lon) == pytest.approx((39.915101, 116.403508), abs=3e-5)
    assert distance_m(gcj, bd) < 0.01
    assert to_wgs84(beijing) is beijing


def test_distances_that_others_have_measured() -> None:
    """A degree of latitude and of longitude at known places, and a flight."""
    assert distance_m(Point(31, 121), Point(31.5, 121)) == pytest.approx(55_436, abs=10)
    assert distance_m(Point(0, 0), Point(0, 0.1)) == pytest.approx(11_131.95, abs=0.01)
    assert distance_m(Point(31.2304, 121.4737), Point(39.9042, 116.4074)) == pytest.approx(
        1_067_000, rel=0.005
    )


@pytest.mark.rule("S-7")
def test_a_position_is_missing_outside_soft_or_good() -> None:
    """Outside the radius: 超距执业. A position that can't be had: 待核实."""
    assert judge(SITE, 500, None).missing
    assert judge(SITE, 500, fix(point=north(600))).outside
    basement = judge(SITE, 500, fix(300_000, point=north(100)))
    assert basement.soft
    assert not basement.outside
    good = judge(SITE, 500, fix(point=north(505)))
    assert (good.missing, good.outside, good.soft, good.favour_m) == (False, False, False, 10)
    assert judge(SITE, 500, Fix(north(505), None, 0, "gps")).outside


@pytest.mark.rule("S-16")
def test_a_site_without_a_recorded_place_is_left_open() -> None:
    """待核实 counts zero until decided: nobody is called outside of a place that nobody recorded."""
    found = judge(None, 500, fix())
    assert (found.soft, found.outside, found.missing, found.distance_m) == (True, False, False, None)
