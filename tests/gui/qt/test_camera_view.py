"""The live picture shows the newest frame, mirrored, cheaply."""

from time import perf_counter
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QColor

from core.qt.camera_view import CameraView


@pytest.fixture
def view(qtbot: Any) -> CameraView:
    made = CameraView()
    qtbot.addWidget(made)
    made.resize(640, 480)
    made.show_guide(False)
    return made


def halves() -> Any:
    """Blue on the left, red on the right, in the camera's BGR."""
    frame = np.zeros((240, 320, 3), np.uint8)
    frame[:, :160] = (255, 0, 0)
    frame[:, 160:] = (0, 0, 255)
    return frame


def test_people_see_themselves_as_in_a_mirror(view: CameraView) -> None:
    view.show_frame(halves())
    picture = view.grab().toImage()
    assert picture.pixelColor(20, 240) == QColor("#FF0000")
    assert picture.pixelColor(620, 240) == QColor("#0000FF")


def test_the_person_before_is_forgotten(view: CameraView) -> None:
    view.show_frame(halves())
    view.clear()
    assert not view.has_picture()
    assert view.grab().toImage().pixelColor(20, 240) == QColor("#16212B")


def test_the_face_is_marked_where_it_is_in_the_mirror(view: CameraView) -> None:
    view.show_guide(True)
    view.show_frame(np.zeros((480, 640, 3), np.uint8))
    view.show_face((0.0, 0.0, 0.25, 0.25), 0.0, ready=True)
    picture = view.grab().toImage()
    assert picture.pixelColor(638, 2) == QColor("#35C46F")


def test_painting_costs_next_to_nothing(view: CameraView) -> None:
    frame = np.zeros((720, 1280, 3), np.uint8)
    view.show_guide(True)
    view.show()
    begun = perf_counter()
    for _ in range(20):
        view.show_frame(frame)
        view.show_face((0.3, 0.3, 0.3, 0.4), 0.5, ready=False)
        view.grab()
    assert (perf_counter() - begun) / 20 < 0.04
