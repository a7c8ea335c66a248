"""Fixtures of the database tests: a server on each database, with a small agency."""

from collections.abc import Iterator

import pytest

from core import logs
from tests.factories.server import ServerParts, make_server
from tests.factories.world import World, make_world

logs.configure()
"""So that a warning is heard whichever tests ran before."""


@pytest.fixture
def server(database_url: str) -> Iterator[ServerParts]:
    """An empty server; its clock stands at Monday 2 March 2026, nine o'clock in Shanghai."""
    parts = make_server(database_url)
    yield parts
    parts.bus.store.close()


@pytest.fixture
def world(server: ServerParts) -> World:
    """An agency with a submitted project, made on Monday; facts of Tuesday are judged by it."""
    made = make_world(server.bus)
    made.project()
    server.clock.advance(days=4)
    return made
