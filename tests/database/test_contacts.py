"""Contacts on real databases: a token opens one registration, and who has ended has ended."""

import hashlib

import pytest
from sqlalchemy import select

from core.contacts import queries
from core.contacts.commands import ConfirmContact, EndContact, FollowChannel, InviteContact, RegisterContact
from core.contacts.models import Contact, Invitation
from core.context import ANYONE, Actor
from core.errors import DomainError
from core.ids import new_id
from tests.factories.refusals import at_once, refused
from tests.factories.server import ServerParts
from tests.factories.world import World, make_world, run

DETAILS = {
    "name": "王联系",
    "telephone": "13800000000",
    "job": "经理",
    "client": "示例物业",
    "address": "某路",
}


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def invite(server: ServerParts, world: World, actor: Actor | None = None) -> str:
    """A fresh token for the world's project."""
    token = new_id()
    command = InviteContact(invitation_id=new_id(), project_id=world.projects[0], token_hash=hashed(token))
    run(server.bus, command, actor or world.office)
    return token


def registration(token: str, **changed: object) -> RegisterContact:
    fields: dict[str, object] = {
        "token": token, "contact_id": new_id(), "access_hash": hashed(new_id()), "details": DETAILS,
        "is_employee": True, "agrees": True,
    }  # fmt: skip
    return RegisterContact(**(fields | changed))  # type: ignore[arg-type]


@pytest.mark.rule("C-1")
def test_a_token_opens_one_registration(server: ServerParts, world: World) -> None:
    """A QR code with a single-use token (256 bit, 72 h), also if two phones scan it in the same moment."""
    token = invite(server, world, Actor("person", world.lead))
    answers = at_once(*(lambda: run(server.bus, registration(token), ANYONE) for _ in range(3)))
    assert [a.code for a in answers if isinstance(a, DomainError)] == ["contacts.token_used"] * 2
    with refused("contacts.token_unknown", "C-1"):
        run(server.bus, registration("never given"), ANYONE)
    late = invite(server, world)
    server.clock.advance(hours=72)
    with refused("contacts.token_expired", "C-1"):
        run(server.bus, registration(late), ANYONE)
    with server.bus.store.reading() as db:
        assert token not in {row.token_hash for row in db.scalars(select(Invitation))}


@pytest.mark.rule("C-1")
def test_a_faulty_form_tells_everything_and_leaves_the_token(server: ServerParts, world: World) -> None:
    """Fills name, telephone, job, the client's name and address, states to be its employee, agrees."""
    token = invite(server, world)
    with refused("contacts.form", "C-1") as trouble:
        bad = registration(token, details={"telephone": "abc"}, is_employee=False, agrees=False)
        run(server.bus, bad, ANYONE)
    fields = [fault.field for fault in trouble.value.faults]
    assert fields == ["name", "job", "client", "address", "telephone", "is_employee", "agrees"]
    run(server.bus, registration(token), ANYONE)


@pytest.mark.rule("C-2", "C-4")
def test_confirmed_by_the_projects_own_people_and_ended_once(server: ServerParts, world: World) -> None:
    """The lead or a manager confirms; can end a contact, with a reason."""
    other = make_world(server.bus, number=2)
    other_project = other.project(contact=False)
    command = registration(invite(server, world))
    run(server.bus, command, ANYONE)
    contact = command.contact_id
    with refused("contacts.unknown"):
        run(server.bus, ConfirmContact(project_id=other_project, contact_id=contact), other.office)
    with refused("not-allowed"):
        run(server.bus, ConfirmContact(project_id=world.projects[0], contact_id=contact), other.office)
    run(server.bus, ConfirmContact(project_id=world.projects[0], contact_id=contact), world.office)
    end = EndContact(project_id=world.projects[0], contact_id=contact, reason="  ")
    with refused("contacts.reason", "C-4"):
        run(server.bus, end, world.office)
    run(server.bus, EndContact(project_id=world.projects[0], contact_id=contact, reason="离职"), world.office)
    with server.bus.store.reading() as db:
        ended = db.get_one(Contact, contact).ended_ms
    server.clock.advance(days=1)
    for again in (
        EndContact(project_id=world.projects[0], contact_id=contact, reason="再次"),
        ConfirmContact(project_id=world.projects[0], contact_id=contact),
    ):
        with refused("contacts.ended", "C-4"):
            run(server.bus, again, world.office)
    with server.bus.store.reading() as db:
        assert db.get_one(Contact, contact).ended_ms == ended


@pytest.mark.rule("C-3", "C-5")
def test_a_contact_follows_for_himself_and_comes_back_by_his_link(server: ServerParts, world: World) -> None:
    """The contact then follows: chooses the channel; coming back later needs the link."""
    secret = new_id()
    command = registration(invite(server, world), access_hash=hashed(secret))
    run(server.bus, command, ANYONE)
    me = Actor("contact", command.contact_id)
    with refused("contacts.channel", "C-3"):
        run(server.bus, FollowChannel(contact_id=command.contact_id, channel="pigeon"), me)
    with refused("not-allowed"):
        run(server.bus, FollowChannel(contact_id=world.contacts[0], channel="inbox"), me)
    run(server.bus, FollowChannel(contact_id=command.contact_id, channel="inbox"), me)
    with server.bus.store.reading() as db:
        now = server.bus.store.now_ms(db)
        assert queries.of_token(db, now, secret).id == command.contact_id
        for wrong, moment in (("else", now), (secret, now + 31 * 86_400_000)):
            with refused("contacts.access_over", "C-5"):
                queries.of_token(db, moment, wrong)
