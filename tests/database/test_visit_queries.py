"""Reads for screens: projects with who is on site, visits with names, the place as it was."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.projects.models import ProjectPlace
from core.visits.queries import facts_of, form_lines, place_at, project_lines, visit_lines
from tests.factories.office import SITE, OfficeRows, at, busy_office
from tests.fakes.clock import FakeClock


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[OfficeRows]:
    made = OfficeRows(tmp_path, FakeClock())
    yield made
    made.store.close()


def test_a_project_line_counts_people_now_and_today(rows: OfficeRows) -> None:
    project, _visits = busy_office(rows)
    with rows.store.reading() as db:
        line = next(line for line in project_lines(db, at(9)) if line.id == project)
    assert (line.lead, line.on_site, line.today) == ("赵国强", 1, 3)


@pytest.mark.rule("S-10")
def test_history_says_who_when_how_long_and_why_zero(rows: OfficeRows) -> None:
    """History (执业历史), who, when, how long, why zero."""
    project, visits = busy_office(rows)
    with rows.store.reading() as db:
        lines = {line.id: line for line in visit_lines(db, project)}
        start, end = facts_of(db, lines[visits[1]])
    away = lines[visits[1]]
    assert (away.person, away.state, away.reasons, away.counted_s) == ("李建平", "zeroed", ("away",), 0)
    assert start is not None and end is not None and end.accuracy_m == 35.0
    closed = lines[visits[2]]
    assert closed.ended_ms is None and closed.until_ms == at(11.5, -1)
    assert [line.started_ms for line in lines.values()] == sorted(
        (line.started_ms for line in lines.values()), reverse=True
    )


@pytest.mark.rule("J-8")
def test_the_place_is_the_one_in_force_when_the_visit_began(rows: OfficeRows) -> None:
    """A visit is judged against the point and radius in force at its start."""
    project = rows.project("改过坐标的项目")
    common = {"project_id": project, "lat": SITE[0], "lon": SITE[1]}
    rows.put(ProjectPlace, id="place-2", radius_m=800, from_ms=at(12), **common)
    with rows.store.reading() as db:
        before, after = place_at(db, project, at(9)), place_at(db, project, at(13))
    assert (before and before.radius_m, after and after.radius_m) == (500, 800)


@pytest.mark.rule("F-4")
def test_of_a_day_the_counting_form_stands_first(rows: OfficeRows) -> None:
    """The earlier trusted one counts, the other is 未采用: kept and shown as 补充."""
    project, _visits = busy_office(rows)
    with rows.store.reading() as db:
        forms = form_lines(db, project)
    assert [(form.day, form.note) for form in forms] == [
        ("2026-03-02", None),
        ("2026-03-01", None),
        ("2026-03-01", "displaced"),
    ]


def test_names_of_who_left_the_project_come_from_employment(rows: OfficeRows) -> None:
    project = rows.project("换过人的项目")
    rows.persons["郑新"] = rows.employ("郑新")
    rows.visit(project, "郑新", at(8), at(9))
    with rows.store.reading() as db:
        assert visit_lines(db, project)[0].person == "郑新"
