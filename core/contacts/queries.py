"""Reads contacts: of a project, and behind an access token."""

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.contacts.handlers import token_hash
from core.contacts.models import Contact, ContactAccess, ContactPrivate, Invitation
from core.contacts.rules import ERASED, FIELDS, require_usable
from core.db.vault import Vault
from core.errors import NotAllowed, Refused
from core.projects.models import Project


def of_token(db: Session, now_ms: int, token: str) -> Contact:
    """The contact whose browser shows this token; raises ``NotAllowed`` when it has ended (C-5)."""
    row = db.execute(
        select(Contact, ContactAccess.until_ms)
        .join(ContactAccess, ContactAccess.contact_id == Contact.id)
        .where(ContactAccess.token_hash == token_hash(token))
    ).first()
    if row is None or row[1] <= now_ms:
        raise NotAllowed(
            "contacts.access_over",
            "链接已失效",
            "已提交的评价仍然保留；请向项目负责人索取新的邀请二维码",
            rule="C-5",
        )
    contact: Contact = row[0]
    return contact


def invitation(db: Session, now_ms: int, token: str) -> Project:
    """The project that a still usable invitation belongs to (C-1)."""
    row = db.scalar(select(Invitation).where(Invitation.token_hash == token_hash(token)))
    if row is None:
        raise Refused("contacts.token_unknown", "二维码无效", "请向项目负责人索取新的二维码", rule="C-1")
    require_usable(row.until_ms, row.used_ms, now_ms)
    return db.get_one(Project, row.project_id)


def of_project(db: Session, project_id: str) -> list[Contact]:
    """A project's contacts, the newest first."""
    return list(
        db.scalars(select(Contact).where(Contact.project_id == project_id).order_by(Contact.id.desc()))
    )


def details(db: Session, vault: Vault, contact_id: str) -> dict[str, str]:
    """Who the contact is: for the page that he himself sees, and for lead and managers; 已删除 once he was erased."""
    if vault.is_erased(db, contact_id):
        return dict.fromkeys(FIELDS, ERASED)
    row = db.get_one(ContactPrivate, contact_id)
    found: dict[str, str] = msgspec.json.decode(vault.open(db, contact_id, row.details))
    return found
