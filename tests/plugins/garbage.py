"""The cyclic collector looks as seldom as on a server: with Python's own thresholds it took a fifth of the suite."""

from core.garbage import collect_seldom


def pytest_collection_finish() -> None:
    """All that the tests import is there."""
    collect_seldom()
