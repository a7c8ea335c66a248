"""Quality limits: the first fault is the one that hides the others."""

from dataclasses import replace

import numpy as np
import pytest

from core.face import sentences
from core.face.gate import KEPT, LIVE, PORTRAIT, company, fault, live_fault
from core.face.types import Box, Landmarks, Observation, Pose, Quality

GOOD = Quality(face_px=200, sharpness=0.12, brightness=130, contrast=40, glare=0.0, mouth=30, eyes=60)
AHEAD = Landmarks(np.zeros((0, 3), dtype=np.float32), 1.0, Pose(0, 0, 0), (0.2, 0.2))


def test_a_good_face_has_no_fault() -> None:
    assert fault(AHEAD, GOOD, PORTRAIT) is None
    assert fault(AHEAD, GOOD, LIVE) is None


@pytest.mark.parametrize(
    ("marks", "quality", "code"),
    [
        (AHEAD, replace(GOOD, face_px=60), "too_small"),
        (AHEAD, replace(GOOD, brightness=30), "too_dark"),
        (AHEAD, replace(GOOD, glare=0.5), "glare"),
        (replace(AHEAD, pose=Pose(25, 0, 0)), GOOD, "not_frontal"),
        (replace(AHEAD, pose=Pose(0, -30, 0)), GOOD, "not_frontal"),
        (replace(AHEAD, pose=Pose(0, 0, 40)), GOOD, "not_frontal"),
        (AHEAD, replace(GOOD, sharpness=0.02), "blurred"),
        (replace(AHEAD, eyes=(0.03, 0.05)), GOOD, "eyes_closed"),
        (replace(AHEAD, eyes=(0.095, 0.08)), GOOD, "eyes_closed"),
        (AHEAD, replace(GOOD, eyes=9), "eyes_closed"),
        (AHEAD, replace(GOOD, mouth=5), "mouth_covered"),
        (AHEAD, replace(GOOD, face_px=60, brightness=30, sharpness=0.01), "too_small"),
    ],
)
def test_each_fault_has_its_name_and_its_sentence(marks: Landmarks, quality: Quality, code: str) -> None:
    assert fault(marks, quality, PORTRAIT) == code
    assert sentences.PORTRAIT[code].hint and sentences.LIVE[code]


def test_what_was_not_measured_passes_no_gate_that_asks_for_it() -> None:
    unseen = replace(GOOD, mouth=None, eyes=None)
    assert fault(AHEAD, unseen, PORTRAIT) == fault(AHEAD, unseen, KEPT) == "eyes_closed"
    assert fault(AHEAD, replace(GOOD, mouth=None), PORTRAIT) == "mouth_covered"
    assert fault(AHEAD, unseen, LIVE) is None, "a check-in asks for neither"


@pytest.mark.rule("P-2")
def test_narrow_eyes_are_open_eyes() -> None:
    """A refusal names the fault: eyes that are narrow by nature, or laugh, are none."""
    assert fault(replace(AHEAD, eyes=(0.125, 0.12)), GOOD, PORTRAIT) is None
    assert fault(replace(AHEAD, eyes=(0.1, 0.09)), GOOD, LIVE) is None, "who blinks at the kiosk only waits"


def test_a_frame_without_or_with_two_or_with_too_big_a_face_is_told() -> None:
    seen = Observation(0.0, 1, Box(0, 0, 300, 400), AHEAD, GOOD)
    assert live_fault(seen, 640) is None
    assert live_fault(Observation(0.0, 0), 640) == "no_face"
    assert live_fault(replace(seen, faces=2), 640) == "many_faces"
    assert live_fault(replace(seen, box=Box(0, 0, 600, 640)), 640) == "too_near"


def test_small_faces_far_behind_do_not_count() -> None:
    assert company([]) == 0
    assert company([Box(0, 0, 200, 200), Box(0, 0, 60, 60), Box(0, 0, 30, 30)]) == 2


def test_boxes_overlap_as_shares_of_their_union() -> None:
    assert Box(0, 0, 10, 10).overlap(Box(0, 0, 10, 10)) == 1.0
    assert Box(0, 0, 10, 10).overlap(Box(5, 0, 10, 10)) == pytest.approx(1 / 3)
    assert Box(0, 0, 10, 10).overlap(Box(20, 0, 10, 10)) == 0.0
