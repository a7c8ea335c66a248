"""Finds the few entries that still wait, without reading journals: every answer to a push names them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
_WAITS = sa.text("status IN ('held', 'quarantined')")


def upgrade() -> None:
    """Makes the index of what waits."""
    op.create_index(
        "ix_journal_entry_waits",
        "journal_entry",
        ["status", "journal_id"],
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    )
