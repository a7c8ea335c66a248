"""Tables of visits: the facts as they happened, and the verdict rows that the fold makes of them."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    Float,
    Index,
    Integer,
    String,
    Text,
    literal_column,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Id, Millis, Seq, Synced, partial_index, project_scope


class FactRow(Base, Synced):
    """A start, end or form as it happened; never changed, but for the time that its journal proves later (S-11)."""

    __tablename__ = "fact"
    __table_args__ = (
        Index("ix_fact_person", "person_id", "t_ms"),
        partial_index("ix_fact_day", "project_id", "day", where="day IS NOT NULL"),  # an end has no day
        partial_index("ix_fact_complete", "project_id", "kind", where="complete"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(1))
    t_ms: Mapped[int] = mapped_column(Millis)
    proof: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[str] = mapped_column(Id)
    project_id: Mapped[str] = mapped_column(Id)
    day: Mapped[str | None] = mapped_column(String(10))
    device_id: Mapped[str | None] = mapped_column(Id)
    start_id: Mapped[str | None] = mapped_column(Id)
    lat: Mapped[float | None] = mapped_column(Float(53))
    lon: Mapped[float | None] = mapped_column(Float(53))
    accuracy_m: Mapped[float | None] = mapped_column(Float(53))
    age_ms: Mapped[int | None] = mapped_column(BigInteger)
    source: Mapped[str | None] = mapped_column(String(12))
    flags: Mapped[str] = mapped_column(String(40))
    live: Mapped[bool] = mapped_column(Boolean)
    claims: Mapped[bool] = mapped_column(Boolean)
    complete: Mapped[bool] = mapped_column(Boolean)
    office: Mapped[bool] = mapped_column(Boolean)
    pending: Mapped[bool] = mapped_column(Boolean)

    def scopes(self) -> tuple[str, ...]:
        """Seen with the project."""
        return (project_scope(self.project_id),)


class VisitRow(Base, Synced):
    """The verdict on one visit, as the fold has it now (S-18)."""

    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_project", "project_id", "started_ms"),
        partial_index("ix_visit_open_person", "person_id", where="state = 'open'"),
        partial_index("ix_visit_open_started", "started_ms", where="state = 'open'"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id)
    person_id: Mapped[str] = mapped_column(Id)
    day: Mapped[str] = mapped_column(String(10))
    started_ms: Mapped[int] = mapped_column(Millis)
    ended_ms: Mapped[int | None] = mapped_column(Millis)
    end_id: Mapped[str | None] = mapped_column(Id)
    closed_by: Mapped[str | None] = mapped_column(Id)
    closed_ms: Mapped[int | None] = mapped_column(Millis)
    state: Mapped[str] = mapped_column(String(20))
    reasons: Mapped[list[str]] = mapped_column(JSON)
    rule: Mapped[str | None] = mapped_column(String(10))
    counted_s: Mapped[int] = mapped_column(Integer)
    corrections: Mapped[list[str]] = mapped_column(JSON)
    proof: Mapped[str] = mapped_column(String(10))
    claims: Mapped[bool] = mapped_column(Boolean)
    start_distance_m: Mapped[float | None] = mapped_column(Float(53))
    end_distance_m: Mapped[float | None] = mapped_column(Float(53))

    def scopes(self) -> tuple[str, ...]:
        """Seen with the project."""
        return (project_scope(self.project_id),)


def is_open() -> ColumnElement[bool]:
    """The condition for visits that are open, in the words of their partial indexes: only so are these used."""
    return VisitRow.state == literal_column("'open'")


class FormRow(Base, Synced):
    """The verdict on one feedback form: the day's counting one, or displaced (F-1, F-4)."""

    __tablename__ = "feedback"
    __table_args__ = (
        Index("ix_feedback_day", "project_id", "day"),
        # All that its query reads, or SQLite would take the other one and read every form of the project.
        partial_index(
            "ix_feedback_completes", "project_id", "submitted_ms", "id", "completes", where="completes"
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id)
    person_id: Mapped[str] = mapped_column(Id)
    day: Mapped[str] = mapped_column(String(10))
    submitted_ms: Mapped[int] = mapped_column(Millis)
    note: Mapped[str | None] = mapped_column(String(12))
    rule: Mapped[str | None] = mapped_column(String(10))
    complete: Mapped[bool] = mapped_column(Boolean)
    completes: Mapped[bool] = mapped_column(Boolean)
    office: Mapped[bool] = mapped_column(Boolean)

    def scopes(self) -> tuple[str, ...]:
        """Seen with the project."""
        return (project_scope(self.project_id),)


class EndNote(Base, Synced):
    """What became of an end that no visit took: 未采用, 更正 or 无效 (S-18)."""

    __tablename__ = "end_note"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id)
    person_id: Mapped[str] = mapped_column(Id)
    note: Mapped[str] = mapped_column(String(12))
    rule: Mapped[str] = mapped_column(String(10))

    def scopes(self) -> tuple[str, ...]:
        """Seen with the project."""
        return (project_scope(self.project_id),)


class SealRow(Base):
    """A seal that the server gave: which facts it covers, and the verdicts that it froze (S-18)."""

    __tablename__ = "seal"
    __table_args__ = (Index("ix_seal_day", "project_id", "day"),)

    seq: Mapped[int] = mapped_column(Seq, primary_key=True, autoincrement=False)
    project_id: Mapped[str] = mapped_column(Id)
    day: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(20))
    seal: Mapped[str] = mapped_column(Text)
    at_ms: Mapped[int] = mapped_column(Millis)


class Attempt(Base):
    """A check-in that was refused, on record (S-3); who it was nobody knows, so nothing here names him."""

    __tablename__ = "attempt"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str | None] = mapped_column(Id, index=True)
    device_id: Mapped[str] = mapped_column(Id)
    t_ms: Mapped[int] = mapped_column(Millis)
    proof: Mapped[str] = mapped_column(String(10))
    action: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(40))
