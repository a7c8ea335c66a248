"""What 委托单位 shows and does: contacts, invitations and confirmations; the last two need the server."""

import hashlib
import secrets
from dataclasses import dataclass, replace

from core.clock import Clock, ms_of
from core.contacts.commands import ConfirmContact, EndContact, InviteContact
from core.contacts.queries import of_project
from core.db.store import Store
from core.errors import DomainError
from core.ids import new_id
from core.projects.models import Project
from desktop.ports import ContactDetails, Me, Online
from desktop.rights import allowed, reader

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
    allowed: bool = True
    """Whether the account may invite, confirm and end (C-1, C-2, C-4)."""

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
    """Reads contacts and runs the online commands; every method is called in a lane."""

    def __init__(self, store: Store, online: Online, me: Me, clock: Clock) -> None:
        self._store, self._online, self._me, self._clock = store, online, me, clock

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
            ctx = reader(db, self._me, ms_of(self._clock.now()))
            may = all(allowed(ctx, f"contact.{name}", project_id) for name in ("invite", "confirm", "end"))
        return ContactsPage(project.client if project else "", lines, allowed=may)

    def named(self, project_id: str) -> ContactsPage:
        """The same with names from the server, or with the reason why there are none."""
        page = self.page(project_id)
        if not page.contacts:
            return page
        try:
            known = self._online.contacts(project_id)
        except DomainError as error:
            return replace(page, trouble=error)
        named = tuple(_with(line, known.get(line.id)) for line in page.contacts)
        return replace(page, contacts=named)

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

    def end(self, project_id: str, contact_id: str, reason: str, command_id: str) -> None:
        """Ends a contact (C-4)."""
        command = EndContact(project_id=project_id, contact_id=contact_id, reason=reason)
        self._online.run(command, command_id)


def _with(line: ContactLine, details: ContactDetails | None) -> ContactLine:
    return ContactLine(
        line.id, line.registered_ms, line.confirmed_ms, line.ended_ms, line.follows, details or line.details
    )
