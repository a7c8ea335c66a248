"""Tables of the audit log: the chained entries, and apart from them the salts that make commitments unreadable."""

from sqlalchemy import Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Id, Millis, Seq


class AuditEntry(Base):
    """One command that was accepted or refused, linked to the entry before it (U-1)."""

    __tablename__ = "audit_log"

    seq: Mapped[int] = mapped_column(Seq, primary_key=True, autoincrement=False)
    at_ms: Mapped[int] = mapped_column(Millis)
    actor_kind: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[str | None] = mapped_column(Id)
    device_id: Mapped[str | None] = mapped_column(Id)
    command: Mapped[str] = mapped_column(String(60))
    version: Mapped[int] = mapped_column(Integer)
    command_id: Mapped[str] = mapped_column(Id, index=True)
    outcome: Mapped[str] = mapped_column(String(60))
    commitment: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditSalt(Base):
    """The salt of one commitment, in a table of its own so that erasure can destroy it (D-2)."""

    __tablename__ = "audit_salt"

    seq: Mapped[int] = mapped_column(Seq, primary_key=True, autoincrement=False)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
