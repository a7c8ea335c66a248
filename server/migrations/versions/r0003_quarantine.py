"""What managers decide about the entries of revoked devices, and since when such a device has brought all (D-1)."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Makes the table and the column; what stands in the rows is kept."""
    op.create_table(
        "quarantine_decision",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine_decision")),
    )
    op.create_index(op.f("ix_quarantine_decision_device_id"), "quarantine_decision", ["device_id"])
    op.add_column("device_contact", sa.Column("left_ms", sa.BigInteger(), nullable=True))
