"""The table of conflicts: two people changed the same group of the same row, and both values stay (invariant 11)."""

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Id, Millis, Synced


class DraftConflict(Base, Synced):
    """One group of one row with what stood there and what a draft wanted, until somebody chooses."""

    __tablename__ = "draft_conflict"
    __table_args__ = (Index("ix_draft_conflict_row", "table_name", "row_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    scope: Mapped[str] = mapped_column(String(60))
    table_name: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[str] = mapped_column(Id)
    group_name: Mapped[str] = mapped_column(String(40))
    seen: Mapped[dict[str, str]] = mapped_column(JSON)
    theirs: Mapped[dict[str, str]] = mapped_column(JSON)
    mine: Mapped[dict[str, str]] = mapped_column(JSON)
    actor_id: Mapped[str | None] = mapped_column(Id)
    person_id: Mapped[str | None] = mapped_column(Id, default=None)
    """The person behind the actor, as the server knows him: devices hold no accounts."""
    device_id: Mapped[str | None] = mapped_column(Id)
    at_ms: Mapped[int] = mapped_column(Millis)
    settled_ms: Mapped[int | None] = mapped_column(Millis, default=None)
    kept: Mapped[str | None] = mapped_column(String(10), default=None)
    """``mine`` or ``theirs``, once somebody has chosen; ``superseded`` if a third value made a new conflict of it."""

    def scopes(self) -> tuple[str, ...]:
        """Seen where the row is seen."""
        return (self.scope,)
