"""The tables of the first revision, as they were when revisions began; never edited: what changes is a revision."""

from server.migrations.baseline import ledger, people, projects, visits
from server.migrations.baseline.parts import BASELINE

GROUPS = (people, projects, visits, ledger)

__all__ = ["BASELINE", "GROUPS"]
