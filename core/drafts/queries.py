"""Reads the conflicts of rows: all that a row has had, and how many wait for somebody to settle them."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.drafts.models import DraftConflict


def conflicts_of(db: Session, table: str, row_id: str) -> list[DraftConflict]:
    """Every conflict that a row has had, the oldest first; those without ``settled_ms`` are open."""
    wanted = select(DraftConflict).where(DraftConflict.table_name == table, DraftConflict.row_id == row_id)
    return list(db.scalars(wanted.order_by(DraftConflict.at_ms, DraftConflict.id)))


def open_conflicts(db: Session, table: str) -> dict[str, int]:
    """How many open conflicts each row of a table has; rows without any are left out."""
    counted = (
        select(DraftConflict.row_id, func.count())
        .where(DraftConflict.table_name == table, DraftConflict.settled_ms.is_(None))
        .group_by(DraftConflict.row_id)
    )
    return dict(db.execute(counted).all())
