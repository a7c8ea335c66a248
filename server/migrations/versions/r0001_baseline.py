"""The tables as they were when revisions began."""

from alembic import op

from server.migrations.baseline import BASELINE

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes all of them."""
    BASELINE.create_all(op.get_bind())
