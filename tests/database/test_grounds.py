"""Rows by which facts were judged change: what lies at that moment or later is judged by the rows as they are then."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from core.command import Command
from core.contacts.commands import EndContact
from core.context import Actor
from core.employment.commands import EndEmployment
from core.employment.models import Employment
from core.messages.models import Message
from core.projects.commands import MemberEntry, SetPeople, TerminateProject
from core.visits.models import FormRow, VisitRow
from tests.factories.server import ServerParts
from tests.factories.site import end, form, record, start
from tests.factories.world import World, run

Change = Callable[[ServerParts, World], Command]


def off_the_project(_server: ServerParts, world: World) -> Command:
    """Only the two who lead stay."""
    people = [
        MemberEntry(person_id=world.lead, role="lead"),
        MemberEntry(person_id=world.technical, role="technical_lead"),
    ]
    return SetPeople(project_id=world.projects[0], people=people)


def out_of_the_agency(server: ServerParts, world: World) -> Command:
    with server.bus.store.reading() as db:
        job = db.scalars(select(Employment.id).where(Employment.person_id == world.members[0])).one()
    return EndEmployment(agency_id=world.agency, employment_id=job)


def terminated(_server: ServerParts, world: World) -> Command:
    return TerminateProject(project_id=world.projects[0], reason="合同解除了")


def without_contact(_server: ServerParts, world: World) -> Command:
    return EndContact(project_id=world.projects[0], contact_id=world.contacts[0], reason="离职")


CHANGES = [
    (off_the_project, "S-2"),
    (out_of_the_agency, "S-2"),
    (terminated, "S-1"),
    (without_contact, "S-1"),
]


@pytest.mark.rule("S-18")
@pytest.mark.parametrize(("change", "rule"), CHANGES)
@pytest.mark.parametrize("later_ms", [-1, 0, 1, 90_000])
def test_a_start_is_judged_by_the_rows_in_force_at_its_time(
    server: ServerParts, world: World, change: Change, rule: str, later_ms: int
) -> None:
    """By project, people, plan and contact as in force at its trusted start, whichever the server knew first."""
    server.clock.advance(minutes=1)
    now = server.clock.true_ms
    began = start(world.members[0], world.projects[0], now + later_ms)
    record(server.bus, began, end(world.members[0], world.projects[0], began.t_ms + 30_000))
    assert _visit(server, began.id).state == "valid"
    actor = Actor("person", world.lead) if change is terminated else world.office
    run(server.bus, change(server, world), actor)
    row = _visit(server, began.id)
    assert (row.state, row.rule) == (("valid", None) if later_ms < 0 else ("invalid", rule))


@pytest.mark.rule("S-18")
def test_a_form_of_the_very_moment_is_judged_again(server: ServerParts, world: World) -> None:
    """The verdict is a function of all facts and seals, not of their order of arrival; nobody is told twice."""
    person, project = world.members[0], world.projects[0]
    server.clock.advance(hours=2)
    now = server.clock.true_ms
    sheet = form(person, project, now, day="2026-03-02")
    record(server.bus, start(person, project, now - 3_600_000), end(person, project, now - 60_000), sheet)
    run(server.bus, off_the_project(server, world), world.office)
    with server.bus.store.reading() as db:
        row = db.get_one(FormRow, sheet.id)
        assert (row.note, row.rule) == ("invalid", "S-2")
        assert len(list(db.scalars(select(Message)))) <= 1


def _visit(server: ServerParts, visit_id: str) -> VisitRow:
    with server.bus.store.reading() as db:
        return db.get_one(VisitRow, visit_id)
