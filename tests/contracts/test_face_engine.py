"""What every face engine must do, the shipped one and the fake."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from core.errors import BadInput, Refused
from core.face.checkin import Accepted, CheckInSettings, Refusal
from core.face.engine import FaceEngine
from core.face.fake import fake_engine, fake_picture
from core.face.images import encoded
from core.face.types import Candidate, Image
from tests.factories import faces

STILL = CheckInSettings(still_for_live=True)


@dataclass(frozen=True)
class Kit:
    """An engine and pictures that it can judge."""

    engine: FaceEngine
    person: Callable[[], Image]
    other: Callable[[], Image]
    faulty: dict[str, Callable[[], Image]]


def _blurred() -> Image:
    return cv2.GaussianBlur(faces.face_picture("astronaut"), (0, 0), 12).astype(np.uint8)


def _small() -> Image:
    picture = cv2.resize(faces.face_picture("astronaut"), (150, 200))
    return cv2.copyMakeBorder(picture, 400, 360, 300, 270, cv2.BORDER_REPLICATE).astype(np.uint8)


@pytest.fixture(scope="module")
def shipped() -> Kit:
    """Real models on real photos."""
    astronaut = faces.face_picture("astronaut")
    faulty: dict[str, Callable[[], Image]] = {
        "no_face": faces.no_face,
        "many_faces": faces.two_faces,
        "not_frontal": lambda: faces.face_picture("aside"),
        "too_small": _small,
        "too_dark": lambda: (astronaut * 0.2).astype(np.uint8),
        "blurred": _blurred,
    }
    return Kit(FaceEngine.shipped(), lambda: astronaut, lambda: faces.face_picture("actress"), faulty)


@pytest.fixture(scope="module")
def fake() -> Kit:
    """Marks for faces."""
    faulty: dict[str, Callable[[], Image]] = {
        "no_face": lambda: fake_picture(),
        "many_faces": lambda: fake_picture("a", "b"),
        "not_frontal": lambda: fake_picture("a", pose="left"),
        "too_small": lambda: fake_picture("a", fault="small"),
        "too_dark": lambda: fake_picture("a", fault="dark"),
        "blurred": lambda: fake_picture("a", fault="blurred"),
    }
    return Kit(fake_engine(), lambda: fake_picture("a"), lambda: fake_picture("b"), faulty)


@pytest.fixture(params=["shipped", "fake"])
def kit(request: pytest.FixtureRequest) -> Kit:
    """Every test below runs with both."""
    found: Kit = request.getfixturevalue(request.param)
    return found


def _file(image: Image) -> bytes:
    return encoded(image, 1440, 95)


def _candidates(kit: Kit) -> list[Candidate]:
    return [
        Candidate("person", (kit.engine.enrol(_file(kit.person())).template,)),
        Candidate("other", (kit.engine.enrol(_file(kit.other())).template,)),
    ]


@pytest.mark.rule("P-2")
def test_a_good_portrait_passes_and_gives_a_template_of_this_engine(kit: Kit) -> None:
    """Portrait check: exactly one face, frontal, sharp, big and bright enough to recognise."""
    check = kit.engine.enrol(_file(kit.person()))
    assert check.template.model == kit.engine.model
    assert len(check.template.vector) == 512
    assert check.picture.startswith(b"\xff\xd8\xff") and len(check.picture) <= 170_000
    assert check.versions == kit.engine.versions


@pytest.mark.rule("P-2")
@pytest.mark.parametrize(
    "fault", ["no_face", "many_faces", "not_frontal", "too_small", "too_dark", "blurred"]
)
def test_a_poor_portrait_is_refused_by_the_name_of_its_fault(kit: Kit, fault: str) -> None:
    """A refusal names the fault."""
    with pytest.raises(Refused) as caught:
        kit.engine.enrol(_file(kit.faulty[fault]()))
    assert caught.value.code == f"portrait.{fault}"
    assert caught.value.rule == "P-2"
    assert caught.value.sentence and caught.value.hint


@pytest.mark.rule("P-2")
def test_the_kept_portrait_passes_the_check_again(kit: Kit) -> None:
    """The server repeats it: what was re-encoded is still good enough, and still the same person."""
    once = kit.engine.enrol(_file(kit.person()))
    again = kit.engine.enrol(once.picture)
    assert kit.engine.score(again.picture, once.template) > 0.9


def test_a_template_of_several_photos_is_the_same_person_and_nobody_else(kit: Kit) -> None:
    photo, other = _file(kit.person()), _file(kit.other())
    template = kit.engine.template([photo, photo, photo])
    assert kit.engine.score(photo, template) > 0.9
    assert kit.engine.score(other, template) < 0.4
    with pytest.raises(BadInput):
        kit.engine.template([])


@pytest.mark.rule("S-3")
def test_a_still_picture_is_never_alive(kit: Kit) -> None:
    """Matched to that person's checked portrait, live, at the device."""
    check, picture = kit.engine.check_in(_candidates(kit)), kit.person()
    progress = check.feed(picture, 0.0)
    for index in range(1, 400):
        progress = check.feed(picture, index / 15)
        if progress.outcome is not None:
            break
    assert isinstance(progress.outcome, Refusal)
    assert progress.outcome.code in ("frozen", "slow")
    assert progress.outcome.evidence.liveness == "challenge"
    assert not progress.outcome.evidence.answers


@pytest.mark.rule("S-3")
def test_the_demo_takes_a_still_picture_and_says_so_in_the_evidence(kit: Kit) -> None:
    """What was seen (photo, scores, thresholds, challenge, model version) is kept as evidence."""
    check = kit.engine.check_in(_candidates(kit), STILL)
    outcome = [check.feed(kit.person(), index / 15) for index in range(8)][-1].outcome
    assert isinstance(outcome, Accepted)
    assert outcome.person_id == "person"
    evidence = outcome.evidence
    assert evidence.liveness == "demo-still" and evidence.challenge == ()
    assert evidence.versions == kit.engine.versions
    assert evidence.score is not None and evidence.score == outcome.score >= evidence.threshold
    assert evidence.photo is not None and evidence.photo.startswith(b"\xff\xd8\xff")
    assert "photo" not in evidence.plain()


@pytest.mark.rule("S-3")
def test_a_stranger_is_refused_even_in_the_demo(kit: Kit) -> None:
    """Nobody else is."""
    only_other = [one for one in _candidates(kit) if one.person_id == "other"]
    check = kit.engine.check_in(only_other, STILL)
    outcome = [check.feed(kit.person(), index / 15) for index in range(30)][-1].outcome
    assert isinstance(outcome, Refusal)
    assert outcome.code == "unknown"
    assert outcome.evidence.score is not None and outcome.evidence.score < outcome.evidence.threshold


def test_without_a_face_it_asks_for_one_and_ends_in_a_sentence(kit: Kit) -> None:
    check, nobody = kit.engine.check_in(_candidates(kit)), kit.faulty["no_face"]()
    assert check.feed(nobody, 0.0).instruction == "请站到屏幕前，看着镜头"
    late = check.feed(nobody, 60.0).outcome
    assert isinstance(late, Refusal) and late.code == "not_seen" and late.hint


def test_nobody_to_compare_with_is_a_sentence(kit: Kit) -> None:
    outcome = kit.engine.check_in([]).feed(kit.person(), 0.0).outcome
    assert isinstance(outcome, Refusal) and outcome.code == "no_candidates"
