"""The page behind an invitation's QR code: the contact registers (C-1), then chooses how messages reach him (C-3)."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from core.agencies.models import Agency
from core.contacts import queries as contacts
from core.contacts.commands import RegisterContact
from core.contacts.handlers import token_hash
from core.contacts.rules import FIELDS
from core.context import ANYONE
from core.errors import BadInput, Fault
from server import doors
from server.identity import tokens_in
from server.pages.access import let_in
from server.pages.forms import Posted, PostedForm, Ticket
from server.pages.view import page
from server.state import Here, State

router = APIRouter(include_in_schema=False)


@router.get("/i/{token}")
def show_invitation(token: str, here: Here) -> Response:
    """The registration form of an invitation that still holds."""
    return _form_page(here, token, Ticket(here.keys, token), Posted(), ())


@router.post("/i/{token}")
def register(token: str, request: Request, here: Here, form: PostedForm) -> Response:
    """Registers the contact and lets his browser in; pressed twice it is one registration."""
    ticket = form.ticket(here.keys, token)
    # Derived, not drawn: the second press has to set the same cookie as the first.
    secret = here.keys.mac("contact-access", token, ticket.id)
    command = RegisterContact(
        token=token,
        contact_id=doors.derived_id(ticket.id, "contact"),
        access_hash=token_hash(secret),
        details={name: form.text(name) for name in FIELDS},
        is_employee=form.text("is_employee") == "yes",
        agrees=form.text("agrees") == "yes",
    )
    try:
        outcome = doors.run(here, command, actor=ANYONE, command_id=ticket.id)
    except BadInput as error:
        if not error.faults:
            raise
        return _form_page(here, token, ticket, form, error.faults)
    answer = RedirectResponse(f"/c/follow/{outcome.answer['contact_id']}", 303)
    let_in(answer, here, [secret, *tokens_in(request)])
    return answer


def _form_page(
    here: State, token: str, ticket: Ticket, values: Posted, faults: tuple[Fault, ...]
) -> Response:
    with here.store.reading() as db:
        project = contacts.invitation(db, here.store.now_ms(db), token)
        agency = db.get_one(Agency, project.agency_id)
        return page(
            here,
            "invitation.html",
            422 if faults else 200,
            project=project,
            agency=agency,
            ticket=ticket,
            values=values,
            faults=_in_form_order(faults),
        )


def _in_form_order(faults: tuple[Fault, ...]) -> dict[str, str]:
    """As one meets the fields on the way down, so that the summary reads like the form."""
    found = {fault.field: fault.sentence for fault in faults}
    return {name: found[name] for name in (*FIELDS, "is_employee", "agrees") if name in found}
