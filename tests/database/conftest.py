"""Fixtures of the database tests: a server on each database, with a small agency."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core import logs
from tests.factories.server import ServerParts, make_server
from tests.factories.world import World, template
from tests.plugins.templates import Templates

logs.configure()
"""So that a warning is heard whichever tests ran before."""


@pytest.fixture
def prepared(
    request: pytest.FixtureRequest, database_url: str, templates: Templates
) -> dict[str, Any] | None:
    """Fills the database with tables, and with the agency if the test wants it; tells the agency's ids then."""
    if "world" in request.fixturenames:
        return templates.fill(database_url, "agency", _agency)
    return templates.fill(database_url, "tables", _tables)


@pytest.fixture
def server(database_url: str, prepared: dict[str, Any] | None) -> Iterator[ServerParts]:
    """An empty server; its clock stands at Monday 2 March 2026, nine o'clock in Shanghai."""
    parts = make_server(database_url)
    yield parts
    parts.bus.store.close()


@pytest.fixture
def world(server: ServerParts, prepared: dict[str, Any]) -> World:
    """An agency with a submitted project, made on Monday; facts of Tuesday are judged by it."""
    server.clock.advance(days=4)
    return World(server.bus, **prepared)


def _agency(url: str, _folder: Path) -> dict[str, Any]:
    parts = make_server(url)
    ids = template(parts.bus, project=True)
    parts.bus.store.close()
    return ids


def _tables(url: str, _folder: Path) -> None:
    make_server(url).bus.store.close()
