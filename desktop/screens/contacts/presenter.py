"""What 委托单位 shows and does: contacts, invitations and confirmations; the last two need the server."""

import hashlib
import secrets
from dataclasses import dataclass

from core.contacts.commands import ConfirmContact, InviteContact
from core.contacts.queries import of_project
from core.db.store import Store
from core.errors import DomainError
from core.ids import new_id
from core.projects.models import Project
from desktop.ports import ContactDetails, Online

_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class ContactLine:
    """One contact; who he is stands on the server only, and may not be known."""

    id: str
    registered_ms: int
    confirmed_ms: int | None
    ended_ms: int | None
    follows: bool
    details: ContactDetails | None = None

    @property
    def state(self) -> str:
        """Where he stands, in one word."""
        if self.ended_ms is not None:
            return "已停用"
        return "已确认" if self.confirmed_ms is not None else "待确认"


@dataclass(frozen=True, slots=True)
class ContactsPage:
    """A project's contacts, and why their names are missing, if they are."""

    client: str
    contacts: tuple[ContactLine, ...]
    trouble: DomainError | None = None

    @property
    def confirmed(self) -> bool:
        """Whether a visit may start (C-2)."""
        return any(contact.state == "已确认" for contact in self.contacts)


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the QR code shows; the token itself is kept nowhere."""

    link: str
    until_ms: int


class ContactsPresenter:
    """Reads contacts and runs the two online commands; every method is called in a lane."""

    def __init__(self, store: Store, online: Online) -> None:
        self._store, self._online = store, online

    def page(self, project_id: str) -> ContactsPage:
        """The contacts as this copy holds them."""
        with self._store.reading() as db:
            project = db.get(Project, project_id)
            lines = tuple(
                ContactLine(
                    row.id, row.registered_ms, row.confirmed_ms, row.ended_ms, row.follows is not None
                )
                for row in of_project(db, project_id)
            )
        return ContactsPage(project.client if project else "", lines)

    def named(self, project_id: str) -> ContactsPage:
        """The same with names from the server, or with the reason why there are none."""
        page = self.page(project_id)
        if not page.contacts:
            return page
        try:
            known = self._online.contacts(project_id)
        except DomainError as error:
            return ContactsPage(page.client, page.contacts, error)
        named = tuple(_with(line, known.get(line.id)) for line in page.contacts)
        return ContactsPage(page.client, named)

    def invite(self, project_id: str) -> Invitation:
        """Makes an invitation; only the hash of its token goes to the server (C-1)."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        hashed = hashlib.sha256(token.encode()).hexdigest()
        command = InviteContact(invitation_id=new_id(), project_id=project_id, token_hash=hashed)
        answer = self._online.run(command, new_id())
        return Invitation(self._online.invitation_link(token), int(answer["until_ms"]))

    def confirm(self, project_id: str, contact_id: str) -> None:
        """Confirms a contact (C-2)."""
        self._online.run(ConfirmContact(project_id=project_id, contact_id=contact_id), new_id())


def _with(line: ContactLine, details: ContactDetails | None) -> ContactLine:
    return ContactLine(
        line.id, line.registered_ms, line.confirmed_ms, line.ended_ms, line.follows, details or line.details
    )
