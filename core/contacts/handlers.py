"""Handlers of contact commands, and the role of a contact towards his own project."""

import hashlib

import msgspec
from sqlalchemy import select, update

from core.accounts.roles import CONTACT, role_source
from core.command import handles
from core.contacts import rules
from core.contacts.commands import ConfirmContact, EndContact, FollowChannel, InviteContact, RegisterContact
from core.contacts.models import Contact, ContactAccess, ContactPrivate, Invitation
from core.context import Actor, Context
from core.errors import BadInput, NotHere, Refused
from core.ids import new_id


def token_hash(token: str) -> str:
    """How a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


@handles(InviteContact)
def invite_contact(ctx: Context, command: InviteContact) -> dict[str, int]:
    """Keeps the invitation for 72 hours (C-1)."""
    until = ctx.now_ms + rules.INVITATION_MS
    ctx.db.add(
        Invitation(
            id=command.invitation_id,
            project_id=command.project_id,
            token_hash=command.token_hash,
            until_ms=until,
        )
    )
    return {"until_ms": until}


@handles(RegisterContact)
def register_contact(ctx: Context, command: RegisterContact) -> dict[str, str]:
    """Uses the invitation up and keeps who the contact is, sealed (C-1)."""
    invitation = ctx.db.scalar(select(Invitation).where(Invitation.token_hash == token_hash(command.token)))
    if invitation is None:
        raise Refused("contacts.token_unknown", "二维码无效", "请向项目负责人索取新的二维码", rule="C-1")
    rules.require_usable(invitation.until_ms, invitation.used_ms, ctx.now_ms)
    faults = rules.faults(command.details, is_employee=command.is_employee, agrees=command.agrees)
    if faults:
        raise BadInput("contacts.form", "登记信息不完整", "请补充后再提交", rule="C-1", faults=tuple(faults))
    _use_up(ctx, invitation.id)
    details = {key: command.details[key].strip() for key in rules.FIELDS}
    sealed = ctx.vault.seal(ctx.db, command.contact_id, msgspec.json.encode(details))
    ctx.db.add(Contact(id=command.contact_id, project_id=invitation.project_id, registered_ms=ctx.now_ms))
    ctx.db.add(ContactPrivate(id=command.contact_id, details=sealed))
    ctx.db.add(
        ContactAccess(
            id=new_id(),
            contact_id=command.contact_id,
            token_hash=command.access_hash,
            until_ms=ctx.now_ms + rules.ACCESS_MS,
        )
    )
    return {"contact_id": command.contact_id, "project_id": invitation.project_id}


def _use_up(ctx: Context, invitation_id: str) -> None:
    """Marks the token used by a conditional update, so that of two at once only one succeeds."""
    used = ctx.db.scalar(
        update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.used_ms.is_(None))
        .values(used_ms=ctx.now_ms)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    if used is None:
        rules.require_usable(ctx.now_ms + 1, ctx.now_ms, ctx.now_ms)


def _contact(ctx: Context, contact_id: str, project_id: str | None = None) -> Contact:
    row = ctx.db.get(Contact, contact_id)
    if row is None or (project_id is not None and row.project_id != project_id):
        raise NotHere("contacts.unknown", "找不到这位联系人", "请刷新后再试")
    return row


@handles(ConfirmContact)
def confirm_contact(ctx: Context, command: ConfirmContact) -> None:
    """Confirms the contact from now on (C-2)."""
    row = _contact(ctx, command.contact_id, command.project_id)
    if row.ended_ms is not None:
        raise Refused("contacts.ended", "该联系人已停用", "请重新邀请联系人", rule="C-4")
    row.confirmed_ms = row.confirmed_ms or ctx.now_ms


@handles(FollowChannel)
def follow_channel(ctx: Context, command: FollowChannel) -> None:
    """From now on messages reach the contact by this channel (C-3)."""
    if command.channel not in rules.CHANNELS:
        raise BadInput("contacts.channel", "暂不支持这种接收方式", "请选择站内消息", rule="C-3")
    _contact(ctx, command.contact_id).follows = command.channel


@handles(EndContact)
def end_contact(ctx: Context, command: EndContact) -> None:
    """Ends the contact; starts then need another (C-4). The first end stays: visits were judged by it."""
    row = _contact(ctx, command.contact_id, command.project_id)
    if row.ended_ms is not None:
        raise Refused("contacts.ended", "该联系人已停用", "如需继续请重新邀请联系人", rule="C-4")
    if not command.reason.strip():
        raise Refused("contacts.reason", "停用联系人需要填写原因", "请填写原因", rule="C-4")
    row.ended_ms, row.end_reason = ctx.now_ms, command.reason.strip()


@role_source
def contact_role(ctx: Context, actor: Actor, subject: dict[str, str]) -> set[str]:
    """A contact is one towards himself and, while confirmed and not ended, towards his project (C-2, C-4)."""
    if actor.kind != "contact" or actor.id is None:
        return set()
    row = ctx.db.get(Contact, actor.id)
    if row is None or row.ended_ms is not None:
        return set()
    if "project_id" in subject:
        return (
            {CONTACT} if row.confirmed_ms is not None and subject["project_id"] == row.project_id else set()
        )
    return {CONTACT} if subject.get("contact_id") == actor.id else set()
