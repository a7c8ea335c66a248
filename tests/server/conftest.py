"""A server for each test, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.ids import new_id
from tests.factories.server import Pushed, Site
from tests.factories.world import World


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[Site]:
    """A fresh server."""
    made = Site(tmp_path / "data", database_url)
    yield made
    made.client.close()
    made.state.store.close()


@pytest.fixture
def world(site: Site) -> World:
    """The invented agency in it."""
    return site.world()


@pytest.fixture
def office(site: Site, world: World) -> dict[str, str]:
    """The manager's login."""
    return site.login("manager1")


@pytest.fixture
def kiosk(site: Site, world: World, office: dict[str, str]) -> Pushed:
    """A paired kiosk with an open session."""
    return site.device(office, world.agency)


@pytest.fixture
def fresh_id() -> str:
    """A command's id."""
    return new_id()
