"""The table of erasures: whose data was destroyed, when, on whose word and why."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Id, Millis


class Erasure(Base):
    """One subject whose data are gone; his id alone says nothing about him."""

    __tablename__ = "erasure"

    subject_id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    at_ms: Mapped[int] = mapped_column(Millis)
    actor_kind: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[str | None] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(Text)
