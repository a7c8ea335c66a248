"""Messages on real databases: exactly once, to those who follow at that moment."""

import pytest
from sqlalchemy import select

from core.contacts.commands import EndContact
from core.context import Context
from core.ids import new_id
from core.messages import inbox
from core.messages.models import Message
from tests.factories.refusals import at_once
from tests.factories.server import ServerParts
from tests.factories.world import JOB, World, run


def push(server: ServerParts, *subjects: tuple[str, str]) -> None:
    with server.bus.store.writing() as db:
        inbox.push(Context(db, server.clock.true_ms, JOB), inbox.FEEDBACK, subjects)


def told(server: ServerParts) -> list[tuple[str, str]]:
    with server.bus.store.reading() as db:
        return sorted((row.contact_id, row.subject_id) for row in db.scalars(select(Message)))


@pytest.mark.rule("X-1")
def test_each_follower_is_told_once_however_often_and_how_many_push(
    server: ServerParts, world: World
) -> None:
    """A message goes to those who follow at that moment, once, and is never pushed again. Inbox: exactly once."""
    project_id, form = world.projects[0], new_id()
    at_once(*[lambda: push(server, (project_id, form))] * 5)
    first = world.contacts[0]
    assert told(server) == [(first, form)]
    late = world.contact(project_id)
    push(server, (project_id, form), (world.project(contact=False), form))
    assert told(server) == sorted([(first, form), (late, form)])
    server.clock.advance(minutes=1)
    with server.bus.store.writing() as db:
        inbox.mark_read(db, first, form, server.clock.true_ms)
        assert inbox.of_contact(db, first)[0].read_ms == server.clock.true_ms
        assert inbox.of_contact(db, late)[0].read_ms is None


@pytest.mark.rule("X-1", "C-3", "C-4")
def test_who_does_not_follow_or_has_ended_is_not_told(server: ServerParts, world: World) -> None:
    """Who does not follow gets no push."""
    project_id, contact = world.projects[0], world.contacts[0]
    run(server.bus, EndContact(project_id=project_id, contact_id=contact, reason="离职"), world.office)
    push(server, (project_id, new_id()))
    assert told(server) == []
