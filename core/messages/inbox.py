"""Puts a message once into the inbox of every contact who follows at that moment (X-1, X-2), and reads it back."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.contacts.models import Contact
from core.context import Context
from core.messages.models import Message

FEEDBACK = "feedback"
TITLES = {FEEDBACK: "执业反馈待评价"}
_NAMESPACE = uuid.UUID("6f1d6a3e-52f4-5d39-9a62-6f5e9c0f6a10")
_INSERT = text(
    "INSERT INTO message (id, contact_id, project_id, kind, subject_id, created_ms) "
    "VALUES (:id, :contact_id, :project_id, :kind, :subject_id, :created_ms) "
    "ON CONFLICT (contact_id, kind, subject_id) DO NOTHING"
)


def push(ctx: Context, kind: str, subjects: Sequence[tuple[str, str]]) -> None:
    """Sends ``(project_id, subject_id)`` pairs to the confirmed, following contacts of each project, once (X-1)."""
    projects = {project_id for project_id, _subject in subjects}
    followers = ctx.db.execute(
        select(Contact.project_id, Contact.id).where(
            Contact.project_id.in_(projects),
            Contact.follows.is_not(None),
            Contact.confirmed_ms.is_not(None),
            Contact.ended_ms.is_(None),
        )
    ).all()
    rows = [
        {
            "id": str(uuid.uuid5(_NAMESPACE, f"{contact_id}/{kind}/{subject_id}")),
            "contact_id": contact_id,
            "project_id": project_id,
            "kind": kind,
            "subject_id": subject_id,
            "created_ms": ctx.now_ms,
        }
        for project_id, subject_id in subjects
        for following, contact_id in followers
        if following == project_id
    ]
    if rows:
        ctx.db.connection().execute(_INSERT, rows)


def of_contact(db: Session, contact_id: str) -> list[Message]:
    """A contact's inbox, the newest first."""
    return list(
        db.scalars(
            select(Message).where(Message.contact_id == contact_id).order_by(Message.created_ms.desc())
        )
    )


def mark_read(db: Session, contact_id: str, subject_id: str, now_ms: int) -> None:
    """Remembers when the contact first opened what the message is about."""
    for row in db.scalars(
        select(Message).where(Message.contact_id == contact_id, Message.subject_id == subject_id)
    ):
        row.read_ms = row.read_ms or now_ms
