"""What a kiosk offers from its copy: forms that are owed, projects that owe one, and whom it may recognise."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from core.clock import day_of
from core.context import Actor
from core.errors import Refused
from core.ids import new_id
from core.projects.commands import TerminateProject
from kiosk.adapters.forms import form_day, form_is_due
from kiosk.adapters.projects import CachedProjects
from kiosk.gallery import candidates
from tests.database.test_sync_submit import Site
from tests.factories.checkins import forms_of, site_of
from tests.factories.devices import Kiosk


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    for kiosk in made.kiosks:
        kiosk.kill()
    made.server.close()


@pytest.fixture
def kiosk(site: Site) -> Kiosk:
    return site.kiosk()


def visit(kiosk: Kiosk, site: Site) -> str:
    """A visit of the first member that has ended; its day."""
    day = day_of(kiosk.clock.now()).isoformat()
    kiosk.start(site.project, site.person)
    site.later(minutes=30)
    kiosk.end(site.project, site.person)
    return day


@pytest.mark.rule("F-1")
def test_the_earliest_day_that_owes_a_form_comes_first(kiosk: Kiosk, site: Site) -> None:
    """F-1: One feedback per project and day (the day on which the visits began)."""
    days = []
    for _ in range(3):
        days.append(visit(kiosk, site))
        site.later(days=1)
    here = site_of(kiosk)
    for day in days:
        with here.reading() as ctx:
            assert form_day(ctx, site.person, site.project) == day
            assert form_is_due(ctx, site.person, site.project)
        form = forms_of(kiosk, here).open(here.admit(site.person, site.project))
        assert form.day.isoformat() == day
        kiosk.form(site.project, site.person, day)
    with here.reading() as ctx:
        assert not form_is_due(ctx, site.person, site.project)


@pytest.mark.rule("J-7", "F-1")
def test_a_project_that_ended_is_shown_while_a_form_is_owed(kiosk: Kiosk, site: Site) -> None:
    """J-7: Someone on site when a project ends may end his visit; it counts; feedback and evaluation follow."""
    day = visit(kiosk, site)
    kiosk.engine.round()
    ended = TerminateProject(project_id=site.project, reason="合同提前解除，双方已确认")
    site.server.bus.run(ended, actor=Actor("person", site.world.lead), command_id=new_id())
    kiosk.engine.round()
    projects = CachedProjects(site_of(kiosk))
    assert [(card.id, card.may_start) for card in projects.nearest()] == [(site.project, False)]
    kiosk.form(site.project, site.person, day)
    assert projects.nearest() == []


@pytest.mark.rule("D-2")
def test_faces_lapse_after_thirty_days_without_contact(kiosk: Kiosk, site: Site) -> None:
    """D-2: templates reach only devices whose projects need them and lapse after 30 days without contact."""
    here = site_of(kiosk)

    def found() -> int:
        with here.reading() as ctx:
            return len(candidates(ctx, site.project, here.contact_ms())[0])

    everybody = found()
    assert everybody > 0
    kiosk.clock.reboot(0)
    site.later(days=29)
    assert found() == everybody
    site.later(days=2)
    with pytest.raises(Refused, match="30 天") as refused:
        found()
    assert refused.value.rule == "D-2"
    kiosk.engine.round()
    assert found() == everybody


@pytest.mark.rule("D-1", "D-2")
def test_a_revoked_kiosk_recognises_nobody(kiosk: Kiosk, site: Site) -> None:
    """D-1: A device can be revoked: templates go at once."""
    here = site_of(kiosk)
    with kiosk.cache.writing() as db:
        db.execute(text("UPDATE device SET revoked_ms = 1"))
    with here.reading() as ctx, pytest.raises(Refused, match="已被停用"):
        candidates(ctx, site.project, here.contact_ms())
