"""A server for each test, on both databases."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.face.engine import FaceEngine
from core.face.fake import fake_engine, fake_portrait
from server.portraits import PortraitCheckers
from tests.factories.templates import hand_in
from tests.factories.web import Paired, Web
from tests.factories.world import World, template
from tests.plugins.templates import Templates


@pytest.fixture
def prepared(
    request: pytest.FixtureRequest, tmp_path: Path, database_url: str, templates: Templates
) -> dict[str, Any] | None:
    """The files and the database of a server with the agency, if the test wants it; tells the agency's ids then."""
    if "world" not in request.fixturenames:
        return None
    return templates.fill(database_url, "server", _agency, tmp_path)


@pytest.fixture
def web(tmp_path: Path, database_url: str, prepared: dict[str, Any] | None) -> Iterator[Web]:
    """A fresh server."""
    made = Web(tmp_path / "data", database_url)
    yield made
    made.close()


@pytest.fixture
def world(web: Web, prepared: dict[str, Any]) -> World:
    """The invented agency in it."""
    return World(web.state.bus, **prepared)


@pytest.fixture
def office(web: Web, world: World) -> dict[str, str]:
    """The manager's login."""
    return web.login("manager1")


@pytest.fixture
def kiosk(web: Web, world: World, office: dict[str, str]) -> Paired:
    """A paired kiosk with an open session."""
    return web.device(office, world.agency)


@pytest.fixture
def engine(web: Web) -> FaceEngine:
    """The fake recogniser, whose templates are good on this server."""
    made = fake_engine()
    object.__setattr__(web.state, "portraits", PortraitCheckers(lambda: made))
    return made


@pytest.fixture
def portrait(web: Web, world: World, engine: FaceEngine) -> str:
    """A member's portrait that was handed in and checked; its id."""
    answer = hand_in(web, world, world.members[0], fake_portrait("li"))
    assert answer[0] == 200
    return answer[1]["portrait_id"]


def _agency(url: str, folder: Path) -> dict[str, Any]:
    web = Web(folder / "data", url)
    ids = template(web.state.bus)
    web.close()
    return ids
