"""What is drawn of a visit and of a day: distances, scales, bars."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.visits.queries import FactLine, PlaceLine, VisitLine
from desktop.screens.visits.plot import day_plot, plot_of, scale_bar
from tests.factories.office import SITE, at

FACT = FactLine("f", "S", 0, "proven", None, SITE[0], SITE[1], 20.0, 1_000, "gps", (), True)
VISIT = VisitLine(
    "v",
    "p",
    "赵国强",
    "2026-03-02",
    at(9),
    at(11),
    "e",
    None,
    None,
    "valid",
    (),
    None,
    7200,
    "proven",
    0,
    1.0,
    2.0,
)


def test_spots_stand_in_metres_from_the_site() -> None:
    north = replace(FACT, lat=SITE[0] + 0.001)
    plot = plot_of(PlaceLine(*SITE, 500), FACT, north)
    assert [spot.title for spot in plot.spots] == ["开始", "结束"]
    assert plot.spots[0].distance_m == pytest.approx(0)
    assert plot.spots[1].north_m == pytest.approx(111.3, abs=0.5)
    assert plot.reach_m > 500


def test_without_a_point_the_first_spot_is_the_middle() -> None:
    plot = plot_of(None, FACT, None)
    assert (plot.radius_m, plot.spots[0].distance_m) == (None, 0)


def test_no_position_draws_nothing() -> None:
    assert plot_of(None, replace(FACT, lat=None), None).spots == ()


@given(st.floats(min_value=4, max_value=1e7))
def test_a_scale_bar_is_round_and_fits(metres: float) -> None:
    length = scale_bar(metres)
    assert 0 < length <= metres / 4
    assert str(length).rstrip("0") in ("1", "2", "5")


def test_a_day_has_one_line_for_each_person_and_open_visits_reach_now() -> None:
    still = replace(VISIT, id="w", started_ms=at(13), ended_ms=None, end_id=None, state="open")
    other = replace(VISIT, id="x", person_id="q", person="钱文", started_ms=at(6.5), ended_ms=at(7))
    plot = day_plot([VISIT, still, other], "2026-03-02", at(14.5))
    assert plot.people == ("钱文", "赵国强")
    assert (plot.from_h, plot.to_h) == (6, 18)
    assert next(bar for bar in plot.bars if bar.open).end_h == pytest.approx(14.5)


def test_a_closed_visit_ends_when_it_was_closed() -> None:
    closed = replace(VISIT, ended_ms=None, end_id=None, closed_by="form", closed_ms=at(10), state="zeroed")
    assert day_plot([closed], "2026-03-02", at(20)).bars[0].end_h == pytest.approx(10)


def test_a_day_without_visits_is_an_empty_axis() -> None:
    assert day_plot([VISIT], "2026-03-05", at(9)).bars == ()
