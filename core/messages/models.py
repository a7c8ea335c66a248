"""The table of messages: what waits in a contact's web inbox."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Id, Millis


class Message(Base):
    """One message to one contact about one subject; the unique index makes it exactly once (X-1)."""

    __tablename__ = "message"
    __table_args__ = (Index("uq_message_occasion", "contact_id", "kind", "subject_id", unique=True),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[str] = mapped_column(Id)
    project_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(Id)
    created_ms: Mapped[int] = mapped_column(Millis)
    read_ms: Mapped[int | None] = mapped_column(Millis, default=None)
