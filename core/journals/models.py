"""Tables of journals as the server keeps them: heads, the exact bytes of every entry, and the sealed parts."""

from sqlalchemy import BigInteger, Boolean, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Id, Millis, partial_index


class Journal(Base):
    """One journal of one device, and where it stands on the server."""

    __tablename__ = "journal"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    device_id: Mapped[str] = mapped_column(Id, index=True)
    dseq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))


class JournalEntry(Base):
    """One entry: its bytes as they were written, what it is worth as evidence of time, and what became of it."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        Index("ix_journal_entry_anchor", "journal_id", "anchor_ms"),
        partial_index(
            "ix_journal_entry_waits", "status", "journal_id", where="status IN ('held', 'quarantined')"
        ),
    )

    journal_id: Mapped[str] = mapped_column(Id, primary_key=True)
    dseq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(Id, index=True)
    text: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(12))
    wall_ms: Mapped[int] = mapped_column(Millis)
    boot_id: Mapped[str] = mapped_column(String(64))
    boot_ms: Mapped[int] = mapped_column(Millis)
    anchor_ms: Mapped[int | None] = mapped_column(Millis)
    anchor_boot_ms: Mapped[int | None] = mapped_column(Millis)
    t_ms: Mapped[int] = mapped_column(Millis)
    proof: Mapped[str] = mapped_column(String(10))
    final: Mapped[bool] = mapped_column(Boolean)


class SealedPart(Base):
    """The personal part of an entry: the box as the device sent it, its key re-wrapped to the subject (D-2)."""

    __tablename__ = "sealed_part"

    entry_id: Mapped[str] = mapped_column(Id, primary_key=True)
    subject_id: Mapped[str] = mapped_column(Id, index=True)
    digest: Mapped[str] = mapped_column(String(64))
    box: Mapped[bytes] = mapped_column(LargeBinary)
    key: Mapped[bytes | None] = mapped_column(LargeBinary)


class QuarantineDecision(Base):
    """What a manager decided about entries that a revoked device had brought (D-1)."""

    __tablename__ = "quarantine_decision"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    device_id: Mapped[str] = mapped_column(Id, index=True)
    at_ms: Mapped[int] = mapped_column(Millis)
    released: Mapped[bool] = mapped_column(Boolean)
    entries: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str | None] = mapped_column(Text)
    actor_id: Mapped[str | None] = mapped_column(Id)
