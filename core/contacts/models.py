"""Tables of contacts: invitations, contacts with their private part, and the links by which they come back."""

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Id, Millis, Synced, project_scope


class Invitation(Base):
    """A single-use invitation, known by the hash of its token only (C-1)."""

    __tablename__ = "invitation"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    until_ms: Mapped[int] = mapped_column(Millis)
    used_ms: Mapped[int | None] = mapped_column(Millis, default=None)


class Contact(Base, Synced):
    """A client's employee for one project; confirmed by lead or manager (C-2), and following or not (C-3)."""

    __tablename__ = "contact"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, index=True)
    registered_ms: Mapped[int] = mapped_column(Millis)
    confirmed_ms: Mapped[int | None] = mapped_column(Millis, default=None)
    ended_ms: Mapped[int | None] = mapped_column(Millis, default=None)
    follows: Mapped[str | None] = mapped_column(String(20), default=None)
    end_reason: Mapped[str | None] = mapped_column(String(500), default=None)

    def scopes(self) -> tuple[str, ...]:
        """Seen with the project: a kiosk needs to know that somebody is confirmed, not who."""
        return (project_scope(self.project_id),)


class ContactPrivate(Base):
    """Who the contact is, sealed with the contact's key (D-2)."""

    __tablename__ = "contact_private"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    details: Mapped[bytes] = mapped_column(LargeBinary)


class ContactAccess(Base):
    """A secret by which a contact's browser comes back to his page, known by its hash only (C-5)."""

    __tablename__ = "contact_access"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[str] = mapped_column(Id, index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    until_ms: Mapped[int] = mapped_column(Millis)
