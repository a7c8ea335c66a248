"""A camera that shows nothing of use is told, and never blamed on who stands before it."""

from collections.abc import Callable

import cv2
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


def _white(index: int) -> Image:
    """The sun in the lens: nothing but white, and so never a change."""
    return np.full((48, 64, 3), 255, np.uint8)


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
    ("show", "code"),
    [
        (_dark, "dark_picture"), (_white, "white_picture"), (_still, "still_picture"), (_turned, "upside_down"),
    ],
)  # fmt: skip
def test_a_camera_that_shows_nothing_of_use_is_told_and_then_refused(show: Show, code: str) -> None:
    check = ENGINE.check_in(TEAM)
    told = _told(check, show, LOOK_S)
    assert set(told[: int(PATIENCE_S * FPS)]) == {sentences.LIVE["no_face"]}, "who steps up needs a moment"
    assert set(told[int((PATIENCE_S + 1.2) * FPS) :]) == {sentences.LIVE[code]}
    outcome = check.feed(show(1), LOOK_S + 1).outcome
    assert isinstance(outcome, Refusal) and outcome.code == code
    assert outcome.sentence and outcome.hint and outcome.evidence.liveness == "none"
    assert f"face.{code}" in NOT_THE_FACE and not outcome.tried


@pytest.mark.rule("S-3")
@pytest.mark.parametrize("show", [_dark, _white, _still, _turned, _empty])
def test_a_stranger_who_spoils_the_picture_has_had_a_try_all_the_same(show: Show) -> None:
    """Three failures: a pause of 60 s, and the attempts are recorded."""
    check = ENGINE.check_in(TEAM)
    seen = [check.feed(fake_picture("chen", moment=index), index / FPS) for index in range(8)]
    assert [one.tried for one in seen] == [False] * 4 + [True] * 4, "from the first mean on he was compared"
    _told(check, show, LOOK_S - 2, since=1)
    outcome = check.feed(show(1), LOOK_S + 1).outcome
    assert isinstance(outcome, Refusal) and outcome.tried


@pytest.mark.rule("S-3")
def test_going_away_in_between_gives_a_stranger_no_more_looks() -> None:
    """Three failures: a pause of 60 s."""
    check, compared, index = ENGINE.check_in(TEAM), 0, 0
    outcome = None
    while outcome is None:
        index += 1
        shown = fake_picture(moment=index) if index % 10 == 9 else fake_picture("chen", moment=index)
        seen = check.feed(shown, index / 30)
        compared += seen.ready or seen.outcome is not None
        outcome = seen.outcome
    assert isinstance(outcome, Refusal) and (outcome.code, outcome.tried) == ("unknown", True)
    assert index < 40


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
    assert seen.instruction == sentences.LIVE["upside_down"] and not seen.tried


def _beside(person: str, held: str) -> Image:
    """Somebody in hazy light before a camera of 1280 × 720, who holds a portrait on its head beside himself."""
    room = np.full((720, 1280, 3), 120, np.uint8)
    hazy = (faces.face_picture(person) * 0.3 + 110).astype(np.uint8)
    room[:, 100:640] = cv2.resize(hazy, (540, 720), interpolation=cv2.INTER_AREA)
    room[100:420, 800:1040] = cv2.resize(
        faces.face_picture(held)[::-1, ::-1], (240, 320), interpolation=cv2.INTER_AREA
    )
    return room


def _noisy(picture: Image, index: int) -> Image:
    noise = np.random.default_rng(index).integers(0, 3, picture.shape).astype(np.uint8)
    return np.minimum(picture, 250).astype(np.uint8) + noise


@pytest.mark.rule("S-3")
@pytest.mark.parametrize(("person", "code"), [("astronaut", "unknown"), ("actress", "not_seen")])
def test_a_portrait_held_on_its_head_makes_no_fault_of_the_camera(
    shipped: FaceEngine, person: str, code: str
) -> None:
    """Three failures: a pause of 60 s; who looks ahead is unknown, who looks aside is not seen."""
    picture, detector = _beside(person, "astronaut"), shipped.observer.parts.detector
    turned = np.ascontiguousarray(picture[::-1, ::-1])
    upright, found = (max(one.score for one in detector.detect(shown)) for shown in (picture, turned))
    assert found > upright, "the print is what the detector sees best, once the picture is turned"
    other = shipped.enrol(faces.jpeg(faces.face_picture("guest"))).template
    check, index = shipped.check_in([Candidate("she", (other,))]), 0
    seen = check.feed(_noisy(picture, 0), 0.0)
    while seen.outcome is None:
        assert seen.instruction != sentences.LIVE["upside_down"]
        index += 1
        seen = check.feed(_noisy(picture, index), index / 2)
    assert isinstance(seen.outcome, Refusal) and seen.outcome.code == code
    assert f"face.{code}" not in NOT_THE_FACE
