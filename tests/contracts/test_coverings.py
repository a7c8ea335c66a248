"""A portrait with a mask or dark glasses is refused by name; the same one without them is taken."""

import pytest

from core.errors import Refused
from core.face.engine import FaceEngine
from core.face.gate import PORTRAIT
from tests.factories import coverings, faces

NAMES = ("astronaut", "guest")


@pytest.fixture(scope="module")
def engine() -> FaceEngine:
    """The default engine."""
    return FaceEngine.shipped()


def fault(engine: FaceEngine, picture: coverings.Image) -> str | None:
    try:
        engine.enrol(faces.jpeg(picture))
    except Refused as refused:
        assert refused.sentence and refused.hint
        return refused.code
    return None


@pytest.mark.parametrize("name", ["astronaut", "actress", "guest", "aside"])
def test_hair_on_the_forehead_and_shade_on_the_chin_hide_nothing(engine: FaceEngine, name: str) -> None:
    seen = engine.observer.observe(faces.face_picture(name), 0.0, covering=True)
    assert seen.quality is not None and (seen.quality.mouth or 0) > 2 * PORTRAIT.mouth


@pytest.mark.rule("P-2")
@pytest.mark.parametrize("name", NAMES)
def test_what_hides_a_face_is_told(engine: FaceEngine, name: str) -> None:
    """A refusal names the fault."""
    picture = faces.face_picture(name)
    mesh = coverings.mesh_of(engine, picture)
    assert fault(engine, picture) is None
    for colour in coverings.MASKS.values():
        assert fault(engine, coverings.masked(picture, mesh, colour)) == "portrait.mouth_covered"
    assert fault(engine, coverings.in_dark_glasses(picture, mesh)) == "portrait.eyes_closed"
