"""A server for each test, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories.web import Paired, Web
from tests.factories.world import World


@pytest.fixture
def web(tmp_path: Path, database_url: str) -> Iterator[Web]:
    """A fresh server."""
    made = Web(tmp_path / "data", database_url)
    yield made
    made.close()


@pytest.fixture
def world(web: Web) -> World:
    """The invented agency in it."""
    return web.world()


@pytest.fixture
def office(web: Web, world: World) -> dict[str, str]:
    """The manager's login."""
    return web.login("manager1")


@pytest.fixture
def kiosk(web: Web, world: World, office: dict[str, str]) -> Paired:
    """A paired kiosk with an open session."""
    return web.device(office, world.agency)
