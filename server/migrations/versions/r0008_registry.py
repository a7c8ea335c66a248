"""The mirror of the ministry's register (G-2)."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Makes its tables; they are filled by an import."""
    op.create_table(
        "registry_agency",
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("qualifications", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", name=op.f("pk_registry_agency")),
    )
    op.create_table(
        "registry_person",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_registry_person")),
    )
    op.create_table(
        "registry_certificate",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("until_day", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("kind", "number", name=op.f("pk_registry_certificate")),
    )
    op.create_index("ix_registry_certificate_person", "registry_certificate", ["id_hash"])
    op.create_table(
        "registry_import",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("faulty", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_import")),
    )
