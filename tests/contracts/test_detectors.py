"""What every detector must do when it looks only around the place where a face was a moment ago."""

from collections.abc import Callable

import numpy as np
import pytest

from core.face.detector import Detector
from core.face.fake import fake_engine, fake_picture
from core.face.opencv.yunet import YuNet
from core.face.types import Box, Image
from tests.factories import faces

Kit = tuple[Detector, Image]


def _shipped() -> Kit:
    return YuNet(), faces.face_picture("astronaut")


def _fake() -> Kit:
    return fake_engine().observer.parts.detector, fake_picture("li")


@pytest.fixture(params=[_shipped, _fake], ids=["shipped", "fake"])
def kit(request: pytest.FixtureRequest) -> Kit:
    """Every test below runs with both."""
    make: Callable[[], Kit] = request.param
    return make()


def test_a_face_is_found_where_it_was_as_in_the_whole_picture(kit: Kit) -> None:
    detector, image = kit
    whole = detector.detect(image)[0]
    near = detector.near(image, whole.box)
    assert len(near) == 1 and near[0].box.overlap(whole.box) > 0.75
    assert np.abs(near[0].points - whole.points).max() < 0.08 * max(whole.box.width, 1)


def test_a_face_that_moved_a_third_of_its_width_is_still_found(kit: Kit) -> None:
    detector, image = kit
    box = detector.detect(image)[0].box
    was = Box(box.x - box.width / 3, box.y + box.height / 4, box.width, box.height)
    assert detector.near(image, was)[0].box.overlap(box) > 0.75


def test_nothing_is_found_where_nobody_is(kit: Kit) -> None:
    detector, image = kit
    box = detector.detect(image)[0].box
    empty = np.full_like(image, 127)
    assert detector.near(empty, box) == []


@pytest.mark.parametrize("corner", [(-500.0, -500.0), (-20.0, 5.0), (5000.0, 5000.0)])
def test_a_place_at_the_edge_or_outside_is_no_fault(kit: Kit, corner: tuple[float, float]) -> None:
    detector, image = kit
    detector.near(image, Box(*corner, 100.0, 120.0))
