"""Every kind of face engine, for the tests of what all of them must do."""

import pytest

from core.face.choice import EngineChoice
from tests.factories import kits, packs
from tests.factories.kits import Kit


@pytest.fixture(scope="module")
def shipped() -> Kit:
    """What a package installation alone brings."""
    return kits.real(EngineChoice())


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """An operator's recogniser, whose vectors are four times as long."""
    folder = packs.pack(tmp_path_factory.mktemp("pack"), packs.widened(packs.folded()))
    return kits.real(EngineChoice(pack=folder))


@pytest.fixture(scope="module")
def mediapipe() -> Kit:
    """MediaPipe's own FaceMesh under the default's recogniser."""
    return kits.real(EngineChoice(landmarks="mediapipe"), "guest")


@pytest.fixture(scope="module")
def fake() -> Kit:
    """Marks for faces."""
    return kits.fake()


@pytest.fixture(params=["shipped", "pack", "mediapipe", "fake"])
def kit(request: pytest.FixtureRequest) -> Kit:
    """Every test that asks for it runs with each."""
    found: Kit = request.getfixturevalue(request.param)
    return found
