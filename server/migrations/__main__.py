"""Writes the next revision from what the models have and the revisions lack: ``python -m server.migrations TITLE``."""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from alembic import command

from core.db.engine import server_engine
from server.upgrading import Revisions

VERSIONS = Path(__file__).parent / "versions"


def main(argv: Sequence[str], folder: Path = VERSIONS) -> int:
    """Compares on an SQLite of its own; what is for PostgreSQL alone is added by hand."""
    if len(argv) != 1:
        print(__doc__, file=sys.stderr)  # noqa: T201
        return 2
    revisions = Revisions()
    number = f"{int(revisions.head) + 1:04}"
    with tempfile.TemporaryDirectory() as place:
        engine = server_engine(f"sqlite:///{(Path(place) / 'models.sqlite').as_posix()}")
        with engine.begin() as db:
            revisions.run(db)
            command.revision(
                revisions.config, argv[0], autogenerate=True, rev_id=number, version_path=str(folder)
            )
        engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
