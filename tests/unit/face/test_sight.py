"""A camera that shows nothing of use is told, and never blamed on who stands before it."""

from collections.abc import Callable

import numpy as np
import pytest

from core.face import sentences
from core.face.checkin import LOOK_S, Accepted, CheckIn, Refusal
from core.face.engine import FaceEngine
from core.face.fake import fake_engine, fake_picture, fake_portrait
from core.face.sight import PATIENCE_S
from core.face.types import Candidate, Image
from kiosk.checkin import NOT_THE_FACE
from tests.factories import faces
from tests.fakes.face import play

FPS = 10
ENGINE = fake_engine()
TEAM = [Candidate("li", (ENGINE.enrol(fake_portrait("li")).template,))]
Show = Callable[[int], Image]


def _dark(index: int) -> Image:
    """A covered lens: noise of a few grey levels."""
    return np.random.default_rng(index).integers(0, 12, (48, 64, 3)).astype(np.uint8)


def _still(index: int) -> Image:
    """A driver that gives the same picture for ever."""
    return faces.no_face()


def _turned(index: int) -> Image:
    """A tablet that hangs on its head."""
    return np.ascontiguousarray(fake_picture("li", moment=index)[::-1, ::-1])


def _empty(index: int) -> Image:
    """A living picture with nobody in it."""
    return fake_picture(moment=index)


def _told(check: CheckIn, show: Show, seconds: float, since: float = 0.0) -> list[str]:
    return [check.feed(show(index), since + index / FPS).instruction for index in range(int(seconds * FPS))]


@pytest.mark.parametrize(
    ("show", "code"), [(_dark, "dark_picture"), (_still, "still_picture"), (_turned, "upside_down")]
)
def test_a_camera_that_shows_nothing_of_use_is_told_and_then_refused(show: Show, code: str) -> None:
    check = ENGINE.check_in(TEAM)
    told = _told(check, show, LOOK_S)
    assert set(told[: int(PATIENCE_S * FPS)]) == {sentences.LIVE["no_face"]}, "who steps up needs a moment"
    assert set(told[int((PATIENCE_S + 1.2) * FPS) :]) == {sentences.LIVE[code]}
    outcome = check.feed(show(1), LOOK_S + 1).outcome
    assert isinstance(outcome, Refusal) and outcome.code == code
    assert outcome.sentence and outcome.hint and outcome.evidence.liveness == "none"
    assert f"face.{code}" in NOT_THE_FACE


def test_an_empty_room_is_no_fault_of_the_camera() -> None:
    check = ENGINE.check_in(TEAM)
    assert set(_told(check, _empty, LOOK_S)) == {sentences.LIVE["no_face"]}
    outcome = check.feed(_empty(1), LOOK_S + 1).outcome
    assert isinstance(outcome, Refusal) and outcome.code == "not_seen"


@pytest.mark.parametrize("show", [_dark, _still, _turned])
def test_a_camera_that_was_set_right_goes_on_to_acceptance(show: Show) -> None:
    check = ENGINE.check_in(TEAM)
    _told(check, show, 6, since=94)
    outcome = play(check, "li").outcome
    assert isinstance(outcome, Accepted) and outcome.person_id == "li"


def test_a_picture_that_changes_its_size_ends_the_challenge_and_nothing_before_it() -> None:
    check, index = ENGINE.check_in(TEAM), 0
    sizes = [(480, 640), (640, 480)]
    while not check.feed(fake_picture("li", moment=index, size=sizes[index % 2]), index / FPS).steps:
        index += 1
        assert index < 100
    outcome = check.feed(
        fake_picture("li", moment=index, size=sizes[(index + 1) % 2]), (index + 1) / FPS
    ).outcome
    assert isinstance(outcome, Refusal) and outcome.code == "gap" and outcome.hint


@pytest.fixture(scope="module")
def shipped() -> FaceEngine:
    """Real models."""
    return FaceEngine.shipped()


@pytest.mark.parametrize("who", ["astronaut", "actress"])
def test_a_real_face_upside_down_is_told_whether_it_is_found_or_not(shipped: FaceEngine, who: str) -> None:
    """The models find some faces upside down, too, and would take them for strangers."""
    picture = faces.face_picture(who)
    turned = np.ascontiguousarray(picture[::-1, ::-1])
    candidates = [Candidate("she", (shipped.enrol(faces.jpeg(picture)).template,))]

    def living(index: int) -> Image:
        noise = np.random.default_rng(index).integers(0, 3, turned.shape).astype(np.uint8)
        return np.minimum(turned, 250).astype(np.uint8) + noise

    check, seen = shipped.check_in(candidates), None
    for index in range(12):
        seen = check.feed(living(index), index / 3)
        if seen.outcome is not None:
            break
    assert seen is not None
    if isinstance(seen.outcome, Refusal):
        assert seen.outcome.code == "upside_down"
    else:
        assert seen.instruction == sentences.LIVE["upside_down"]
