"""A bot for windows that waits as long as a busy machine needs; a test that passes does not wait longer for it."""

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.qt.collector import Collector

PATIENCE_MS = 30_000
PYTHONS = (700, 10, 10)


class PatientBot(QtBot):
    """Waits up to half a minute, where pytest-qt gives up after five seconds."""

    def waitUntil(self, callback: Callable[[], Any], *, timeout: int = PATIENCE_MS) -> None:  # type: ignore[override]
        """Until it is so."""
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **rest: Any) -> Any:  # type: ignore[override]
        """Until it is sent."""
        return super().waitSignal(signal, timeout=timeout, **rest)


@pytest.fixture
def qtbot(qapp: Any, request: pytest.FixtureRequest) -> QtBot:
    """In place of the plugin's own."""
    return PatientBot(request)


@pytest.fixture(scope="session", autouse=True)
def collector(qapp: Any) -> Iterator[Collector]:
    """As in the programs: widgets are destroyed on this thread only, as soon as Python's own thresholds say."""
    gc.set_threshold(*PYTHONS)
    made = Collector()
    yield made
    made.close()
