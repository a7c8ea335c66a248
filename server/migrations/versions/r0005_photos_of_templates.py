"""More photos of a portrait's person, and of how many its template is made (D-2)."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Makes the table and the column; templates from before are made of the portrait alone."""
    op.create_table(
        "portrait_photo",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("portrait_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("source", sa.String(length=36), nullable=True),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portrait_photo")),
    )
    op.create_index(op.f("ix_portrait_photo_person_id"), "portrait_photo", ["person_id"])
    op.create_index(op.f("ix_portrait_photo_portrait_id"), "portrait_photo", ["portrait_id"])
    op.add_column("portrait", sa.Column("photos", sa.Integer(), server_default="1", nullable=False))
