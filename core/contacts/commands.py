"""Commands about contacts."""

from typing import Annotated, ClassVar

from msgspec import Meta

from core.command import Command, command
from core.fields import Digest, Key


@command("contacts.invite", title="新增单位联系人", permission="contact.invite")
class InviteContact(Command, kw_only=True):
    """Makes an invitation whose token is shown once, as a QR code (C-1)."""

    invitation_id: Key
    project_id: Key
    token_hash: Digest


@command("contacts.register", title="联系人登记", permission="contact.register")
class RegisterContact(Command, kw_only=True):
    """The contact's own registration, opened by the token; its access token is known by the hash only (C-1)."""

    secrets: ClassVar = frozenset({"token"})

    token: str
    contact_id: Key
    access_hash: Digest
    details: dict[str, str]
    is_employee: bool
    agrees: bool


@command("contacts.confirm", title="确认联系人", permission="contact.confirm")
class ConfirmContact(Command, kw_only=True):
    """Lead or manager confirms the contact; only then may a visit start (C-2)."""

    project_id: Key
    contact_id: Key


@command("contacts.follow", title="关注", permission="contact.follow")
class FollowChannel(Command, kw_only=True):
    """The contact chooses the channel by which messages reach him (C-3)."""

    contact_id: Key
    channel: str


@command("contacts.end", title="停用联系人", permission="contact.end")
class EndContact(Command, kw_only=True):
    """Ends a contact, with a reason (C-4)."""

    project_id: Key
    contact_id: Key
    reason: Annotated[str, Meta(max_length=500)]
