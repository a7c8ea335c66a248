"""A day's feedback form as the contact sees it, and his evaluation of it (V-1, V-2)."""

import base64
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from core.agencies.models import Agency
from core.contacts.models import Contact
from core.context import Actor
from core.errors import BadInput, Fault, NotAllowed, NotHere, Refused
from core.feedback import queries, questions
from core.feedback.commands import GiveEvaluation
from core.messages import inbox
from core.projects.models import Project
from core.visits import evidence
from core.visits.models import FormRow
from core.visits.queries import VisitLine, names_of, visit_lines
from server import doors
from server.identity import ContactsOf
from server.pages import wording
from server.pages.access import renewed
from server.pages.forms import Posted, PostedForm, Ticket
from server.pages.view import page
from server.state import Here, State

router = APIRouter(include_in_schema=False)
_RATING = "rating-"
_ALREADY = ("evaluations.given", "command-id-taken")
"""Somebody was first, or the reader went back and changed what he had sent: he is shown what was said."""
_DIGITS = 4
_ANSWERS = {"yes": True, "no": False}


@router.get("/c/feedback/{feedback_id}")
def show_feedback(feedback_id: str, contacts: ContactsOf, here: Here, request: Request) -> Response:
    """The form; below it the evaluation, or what was said."""
    contact = _contact_for(here, contacts, feedback_id)
    with here.store.writing() as db:
        inbox.mark_read(db, contact.id, feedback_id, here.store.now_ms(db))
    shown = _form_page(here, contact, feedback_id, Ticket(here.keys, contact.id), Posted(), ())
    return renewed(shown, here, request)


@router.post("/c/feedback/{feedback_id}")
def evaluate(feedback_id: str, contacts: ContactsOf, here: Here, form: PostedForm) -> Response:
    """Gives the evaluation; what is missing is shown beside what was already filled in."""
    contact = _contact_for(here, contacts, feedback_id)
    ticket = form.ticket(here.keys, contact.id)
    try:
        command = _command(contact, feedback_id, ticket, form)
        doors.run(here, command, actor=Actor("contact", contact.id), command_id=ticket.id)
    except BadInput as error:
        if not error.faults:
            raise
        return _form_page(here, contact, feedback_id, ticket, form, error.faults)
    except Refused as error:
        if error.code not in _ALREADY:
            raise
        return RedirectResponse(f"/c/feedback/{feedback_id}", 303)
    return RedirectResponse(f"/c/feedback/{feedback_id}/thanks", 303)


@router.get("/c/feedback/{feedback_id}/thanks")
def thank(feedback_id: str, contacts: ContactsOf, here: Here) -> Response:
    """Says that the evaluation has arrived, and who hears of a "no"."""
    _contact_for(here, contacts, feedback_id)
    with here.store.reading() as db:
        given = queries.of_feedback(db, feedback_id)
    if given is None:
        return RedirectResponse(f"/c/feedback/{feedback_id}", 303)
    return page(here, "thanks.html", evaluation=given, feedback_id=feedback_id)


def _contact_for(here: State, contacts: list[Contact], feedback_id: str) -> Contact:
    """The confirmed contact of the feedback's project in this browser (C-2, C-4)."""
    with here.store.reading() as db:
        project_id = queries.form(db, feedback_id).project_id
    found = [contact for contact in contacts if contact.project_id == project_id]
    if not found:
        raise NotHere("feedback.unknown", "找不到这份执业反馈单", "请返回消息列表重新打开")
    for contact in found:
        if contact.confirmed_ms is not None and contact.ended_ms is None:
            return contact
    if all(contact.ended_ms is not None for contact in found):
        raise NotAllowed("contacts.ended", "您已不再是本项目的联系人", "如有疑问请联系项目负责人", rule="C-4")
    raise NotAllowed(
        "contacts.unconfirmed", "您的联系人身份还未确认", "请等待项目负责人确认后再打开", rule="C-2"
    )


def _command(contact: Contact, feedback_id: str, ticket: Ticket, form: Posted) -> GiveEvaluation:
    keys = [question.key for question in questions.asked(questions.CURRENT)]
    given = {key: _ANSWERS[form.text(key)] for key in keys if form.text(key) in _ANSWERS}
    ratings = {name.removeprefix(_RATING): form.text(name) for name in form if name.startswith(_RATING)}
    return GiveEvaluation(
        evaluation_id=ticket.id,
        project_id=contact.project_id,
        feedback_id=feedback_id,
        questions=_number(form.text("questions")),
        answers=given,
        stars=_stars(form.text("stars")),
        ratings={person: _stars(stars) for person, stars in ratings.items() if stars},
        remarks=form.text("remarks").replace("\r\n", "\n"),
    )


def _number(text: str) -> int:
    """0 for everything that is no version of the questions."""
    return int(text) if len(text) <= _DIGITS and text.isdecimal() else 0


def _stars(text: str) -> int:
    """0 for everything that is no number of stars; the rules say what is missing."""
    return int(text) if len(text) == 1 and text.isdecimal() else 0


def _form_page(
    here: State, contact: Contact, feedback_id: str, ticket: Ticket, values: Posted, faults: tuple[Fault, ...]
) -> Response:
    with here.store.reading() as db:
        form = queries.form(db, feedback_id)
        given = queries.of_feedback(db, feedback_id)
        return page(
            here,
            "feedback.html",
            422 if faults else 200,
            **_form_data(here, db, form),
            contact=contact,
            ticket=ticket,
            values=values,
            faults={fault.field: fault.sentence for fault in faults},
            version=questions.CURRENT,
            groups=_groups(given.questions if given else questions.CURRENT),
            evaluation=given,
            said=queries.remarks(db, here.vault, given) if given else "",
        )


def _groups(version: int) -> list[tuple[str, list[questions.Question]]]:
    asked = groupby(questions.asked(version), key=lambda question: question.group)
    return [(group, list(members)) for group, members in asked]


def _form_data(here: State, db: Session, form: FormRow) -> dict[str, Any]:
    """The form's facts: project, people with their visits, and what was written."""
    project = db.get_one(Project, form.project_id)
    text = evidence.form_text(db, here.vault, form.id)
    photos = evidence.form_photos(here.blobs, text)
    return {
        "form": form,
        "project": project,
        "agency": db.get_one(Agency, project.agency_id),
        "filler": names_of(db, project.id, [form.person_id]).get(form.person_id, "未知人员"),
        "people": _people(visit_lines(db, project.id, form.day)),
        "absent": text.zh if isinstance(text, evidence.Absent) else "",
        "text": text,
        "photos": photos,
        "pictures": [f"data:image/jpeg;base64,{base64.b64encode(one).decode()}" for one in photos.shown],
    }


def _people(lines: list[VisitLine]) -> list[dict[str, Any]]:
    """Each person with his visits in the order in which they began."""
    ordered = sorted(lines, key=lambda line: (line.person, line.person_id, line.started_ms))
    people = []
    for (person_id, name), visits in groupby(ordered, key=lambda line: (line.person_id, line.person)):
        shown = [_visit(line) for line in visits]
        total = sum(one["line"].counted_s for one in shown)
        people.append({"id": person_id, "name": name, "visits": shown, "counted_s": total})
    return people


def _visit(line: VisitLine) -> dict[str, Any]:
    until = wording.until(line.started_ms, line.ended_ms, line.closed_by)
    return {
        "line": line,
        "until": until,
        "state": wording.state(line.state),
        "why": wording.why(line.reasons),
    }
