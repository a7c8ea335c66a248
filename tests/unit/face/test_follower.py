"""One face is followed without searching every picture, and whoever joins him is still found in time."""

from dataclasses import replace

import cv2
import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.face.checkin import CheckIn, Progress, Refusal
from core.face.engine import FaceEngine
from core.face.fake import fake_engine, fake_picture, fake_portrait
from core.face.follower import ALERT_S, SEARCH_S, Follower
from core.face.types import Box, Candidate, Detection, Image
from tests.factories import faces

IMAGE: Image = np.zeros((48, 64, 3), dtype=np.uint8)
ENGINE = fake_engine()
TEAM = [Candidate("li", (ENGINE.enrol(fake_portrait("li")).template,))]


def _face(x: float, width: float = 20.0) -> Detection:
    return Detection(Box(x, 10, width, 25), np.zeros((5, 2), dtype=np.float32), 1.0)


class _Counted:
    """The fake detector, counting how often it searches a whole picture."""

    version = "fake"

    def __init__(self) -> None:
        self._inner = ENGINE.observer.parts.detector
        self.searches = 0

    def detect(self, image: Image) -> list[Detection]:
        """All faces."""
        self.searches += 1
        return self._inner.detect(image)

    def near(self, image: Image, place: Box) -> list[Detection]:
        """The followed one."""
        return self._inner.near(image, place)


def _challenged(engine: FaceEngine, fps: float) -> tuple[CheckIn, int]:
    """A check-in whose challenge has begun, and the number of the next frame."""
    check = engine.check_in(TEAM)
    for index in range(int(fps * 20)):
        if check.feed(fake_picture("li", moment=index), index / fps).steps:
            return check, index + 1
    raise AssertionError("no challenge began")


@settings(max_examples=40)
@given(st.floats(8.0, 60.0), st.floats(0.0, 0.5))
@example(30.0, 0.01)
def test_a_second_person_is_refused_within_a_search_and_two_frames(fps: float, wait: float) -> None:
    """Nobody can step beside him unseen: the track fails 0.2 s and two frames after he can be seen."""
    check, index = _challenged(ENGINE, fps)
    enters = index / fps + wait
    progress, t = Progress(""), 0.0
    while progress.outcome is None:
        t = index / fps
        people = ("li", "wang") if t >= enters else ("li",)
        progress = check.feed(fake_picture(*people, moment=index), t)
        index += 1
        assert t < enters + 2, "nobody noticed him"
    assert isinstance(progress.outcome, Refusal) and progress.outcome.code == "crowd"
    assert t - enters <= SEARCH_S + 2 / fps + 1e-6


def test_the_whole_picture_is_searched_six_times_a_second_only() -> None:
    detector = _Counted()
    engine = FaceEngine(replace(ENGINE.observer.parts, detector=detector))
    check, index = _challenged(engine, 30)
    before = detector.searches
    for later in range(index, index + 60):
        assert check.feed(fake_picture("li", moment=later), later / 30).outcome is None
    assert 9 <= detector.searches - before <= 14


def test_who_vanishes_is_missed_on_the_very_frame() -> None:
    check, index = _challenged(ENGINE, 30)
    check.feed(fake_picture("li", moment=index), index / 30)
    assert check.feed(fake_picture(moment=index), (index + 1) / 30).box is None


def _following() -> Follower:
    follower = Follower()
    follower.searched(IMAGE, 1.0, [_face(20)])
    return follower


def test_a_face_is_followed_from_box_to_box_until_a_search_is_due() -> None:
    follower = _following()
    assert follower.place(IMAGE, 1.03) == _face(20).box
    assert follower.holds([_face(23)])
    assert follower.place(IMAGE, 1.06) == _face(23).box
    assert follower.place(IMAGE, 0.999 + SEARCH_S) is None
    assert follower.place(IMAGE, 0.999 + SEARCH_S, identify=True) is not None, "the next frame is soon enough"
    assert follower.place(IMAGE, 1.001 + SEARCH_S, identify=True) is None


@given(st.lists(st.floats(0, 200), max_size=4))
def test_only_one_face_that_moved_a_little_is_held(places: list[float]) -> None:
    follower, found = _following(), [_face(x) for x in places]
    held = follower.holds(found)
    assert held == (len(found) == 1 and abs(places[0] - 20) <= 20 / 3)
    assert follower.place(IMAGE, 1.1) == (found[0].box if held else _face(20).box)


def test_after_a_second_face_every_picture_is_searched_for_a_while() -> None:
    follower = Follower()
    follower.searched(IMAGE, 1.0, [_face(0), _face(30)])
    follower.searched(IMAGE, 1.1, [_face(0)])
    assert follower.place(IMAGE, 1.15) is None
    follower.searched(IMAGE, 1.001 + ALERT_S, [_face(0)])
    assert follower.place(IMAGE, 1.05 + ALERT_S) is not None


@given(st.floats(-5, 0) | st.floats(SEARCH_S + 0.001, 5))
def test_a_time_that_leaps_or_another_size_is_searched(leap: float) -> None:
    follower = _following()
    assert follower.place(IMAGE, 1.0 + leap) is None
    assert follower.place(IMAGE[:40], 1.1) is None


def test_nobody_is_followed_where_nobody_was_found() -> None:
    follower = Follower()
    assert follower.place(IMAGE, 1.0) is None and not follower.holds([_face(20)])
    follower.searched(IMAGE, 1.0, [])
    assert follower.place(IMAGE, 1.1) is None


def _scene(index: int, joined: bool) -> Image:
    """Somebody in the middle of a camera's frame, with its noise; another one far away at the edge."""
    near, far = faces.face_picture("astronaut"), faces.face_picture("actress")
    scene = np.full((720, 1280, 3), 120, dtype=np.uint8)
    scene[:, 370:910] = cv2.resize(near, (540, 720))
    if joined:
        scene[40:360, 1030:1270] = cv2.resize(far, (240, 320))
    noise = np.random.default_rng(index).integers(0, 6, scene.shape[:2])[:, :, None]
    return np.clip(scene + noise, 0, 255).astype(np.uint8)


def test_the_real_detector_sees_him_far_from_the_face_that_is_followed() -> None:
    """The real models on photographs: who is out of the followed face's surroundings is found by the search."""
    engine, fps = FaceEngine.shipped(), 15
    portrait = faces.jpeg(faces.face_picture("astronaut"))
    check = engine.check_in([Candidate("she", (engine.enrol(portrait).template,))])
    index = 0
    while not (progress := check.feed(_scene(index, False), index / fps)).steps:
        index += 1
        assert progress.outcome is None and index < 30
    joined = index + 2
    while progress.outcome is None:
        index += 1
        progress = check.feed(_scene(index, index >= joined), index / fps)
        assert index < joined + fps
    assert isinstance(progress.outcome, Refusal) and progress.outcome.code == "crowd"
    assert (index - joined) / fps <= SEARCH_S + 2 / fps
