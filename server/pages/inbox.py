"""The contact's own page: what waits for him and the messages that he was sent; and how he follows (C-3, X-1, X-2)."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from core.agencies.models import Agency
from core.contacts.commands import FollowChannel
from core.contacts.models import Contact
from core.context import Actor
from core.errors import NotAllowed
from core.feedback import queries as feedback
from core.messages import inbox
from core.projects.models import Project
from core.visits.models import FormRow
from server import doors
from server.identity import ContactsOf
from server.pages.access import renewed
from server.pages.forms import PostedForm, Ticket
from server.pages.view import page
from server.state import Here

router = APIRouter(include_in_schema=False)
CHANNELS = {"inbox": ("站内消息", "有新的执业反馈时，在本页面查看和评价")}


@dataclass(frozen=True, slots=True)
class Card:
    """One project on the contact's page."""

    contact: Contact
    project: Project
    agency: Agency
    waiting: list[FormRow]
    messages: list[dict[str, Any]]


@router.get("/c")
def show_inbox(contacts: ContactsOf, here: Here, request: Request) -> Response:
    """Everything that concerns this browser's contacts, project by project."""
    with here.store.reading() as db:
        shown = page(here, "inbox.html", cards=[_card(db, contact) for contact in contacts])
    return renewed(shown, here, request)


def _card(db: Session, contact: Contact) -> Card:
    project = db.get_one(Project, contact.project_id)
    open_to_him = contact.confirmed_ms is not None and contact.ended_ms is None
    return Card(
        contact=contact,
        project=project,
        agency=db.get_one(Agency, project.agency_id),
        waiting=feedback.waiting(db, [project.id]) if open_to_him else [],
        messages=_messages(db, contact) if open_to_him else [],
    )


def _messages(db: Session, contact: Contact) -> list[dict[str, Any]]:
    found = []
    for row in inbox.of_contact(db, contact.id):
        form = db.get(FormRow, row.subject_id)
        found.append(
            {
                "row": row,
                "title": inbox.TITLES.get(row.kind, "消息"),
                "day": form.day if form else None,
                "evaluated": feedback.of_feedback(db, row.subject_id) is not None,
            }
        )
    return found


def his(contacts: list[Contact], contact_id: str) -> Contact:
    """The contact of this id, if he belongs to this browser."""
    for contact in contacts:
        if contact.id == contact_id:
            return contact
    raise NotAllowed("contacts.other", "这个页面属于另一位联系人", "请从您自己的消息进入", rule="C-5")


@router.get("/c/follow/{contact_id}")
def show_follow(contact_id: str, contacts: ContactsOf, here: Here) -> Response:
    """The choice of the channel, with what it means not to follow."""
    contact = his(contacts, contact_id)
    with here.store.reading() as db:
        project = db.get_one(Project, contact.project_id)
        ticket = Ticket(here.keys, contact.id)
        return page(here, "follow.html", contact=contact, project=project, ticket=ticket, channels=CHANNELS)


@router.post("/c/follow/{contact_id}")
def follow(contact_id: str, contacts: ContactsOf, here: Here, form: PostedForm) -> Response:
    """From now on messages reach the contact."""
    contact = his(contacts, contact_id)
    ticket = form.ticket(here.keys, contact.id)
    command = FollowChannel(contact_id=contact.id, channel=form.text("channel"))
    doors.run(here, command, actor=Actor("contact", contact.id), command_id=ticket.id)
    return RedirectResponse("/c", 303)
