"""Which positions somebody's certificates allow (E-1), as a pure function."""

from collections.abc import Collection

from core.practitioners.rules import LEVEL_1, LEVEL_2, OPERATOR

REPRESENTATIVE = "representative"


def positions(kinds: Collection[str]) -> set[str]:
    """The positions open to who holds valid certificates of these kinds."""
    found = {REPRESENTATIVE}
    if LEVEL_1 in kinds or LEVEL_2 in kinds:
        found |= {"engineer", "operator"}
    if OPERATOR in kinds:
        found.add("operator")
    return found
