"""Whose draft left a conflict, for devices that hold no accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Makes the column; conflicts from before name only the account."""
    op.add_column("draft_conflict", sa.Column("person_id", sa.String(length=36), nullable=True))
