"""Which template a portrait has; a photo of a fact is kept once, nothing of what is over or who has left (D-3)."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
_OVER = "SELECT id FROM portrait WHERE until_ms IS NOT NULL"
_WORKING = "SELECT person_id FROM employment WHERE until_ms IS NULL"
_LEFT = f"UPDATE portrait SET template = :none, engine = '', photos = 0 WHERE person_id NOT IN ({_WORKING})"  # noqa: S608
_FIRST = "SELECT min(id) FROM portrait_photo WHERE source IS NOT NULL GROUP BY portrait_id, source"


def upgrade() -> None:
    """Templates from before get a name when they are made anew."""
    op.add_column("portrait", sa.Column("template_digest", sa.String(length=64), nullable=True))
    op.get_bind().execute(sa.text(_LEFT), {"none": b""})
    op.execute(
        f"DELETE FROM portrait_photo WHERE portrait_id IN ({_OVER}) OR person_id NOT IN ({_WORKING})"  # noqa: S608 - constants
    )
    op.execute(f"DELETE FROM portrait_photo WHERE source IS NOT NULL AND id NOT IN ({_FIRST})")  # noqa: S608
    op.create_index("uq_portrait_photo_source", "portrait_photo", ["portrait_id", "source"], unique=True)
    op.drop_index("ix_portrait_photo_portrait_id", table_name="portrait_photo")
