"""What every face engine must do: the default, an operator's pack, MediaPipe's landmarks, and the fake."""

from pathlib import Path

import pytest

from core.errors import BadInput, Refused
from core.face.checkin import Accepted, CheckInSettings, Refusal
from core.face.choice import EngineChoice
from core.face.engine import FaceEngine
from core.face.types import Candidate, Template
from tests.factories.kits import Kit, file_of

STILL = CheckInSettings(still_for_live=True)


@pytest.mark.rule("P-2")
def test_a_good_portrait_passes_and_gives_a_template_of_this_engine(kit: Kit) -> None:
    """Portrait check: exactly one face, frontal, sharp, big and bright enough to recognise."""
    check = kit.engine.enrol(file_of(kit.person()))
    assert check.template.model == kit.engine.model
    assert len(check.template.vector) == 4 * kit.engine.observer.parts.recogniser.size
    assert check.picture.startswith(b"\xff\xd8\xff") and len(check.picture) <= 170_000
    assert check.versions == kit.engine.versions


@pytest.mark.rule("P-2")
@pytest.mark.parametrize(
    "fault", ["no_face", "many_faces", "not_frontal", "too_small", "too_dark", "blurred"]
)
def test_a_poor_portrait_is_refused_by_the_name_of_its_fault(kit: Kit, fault: str) -> None:
    """A refusal names the fault."""
    with pytest.raises(Refused) as caught:
        kit.engine.enrol(file_of(kit.faulty[fault]()))
    assert caught.value.code == f"portrait.{fault}"
    assert caught.value.rule == "P-2"
    assert caught.value.sentence and caught.value.hint


@pytest.mark.rule("P-2")
def test_the_kept_portrait_passes_the_check_again(kit: Kit) -> None:
    """The server repeats it: what was re-encoded is still good enough, and still the same person."""
    once = kit.engine.enrol(file_of(kit.person()))
    again = kit.engine.enrol(once.picture)
    assert kit.engine.score(again.picture, once.template) > 0.9


def test_what_hides_a_face_is_measured_where_it_is_asked_for(kit: Kit) -> None:
    """It costs most of what quality costs, and no frame of a check-in is judged by it."""
    frame = kit.engine.observer.observe(kit.person(), 0.0).quality
    portrait = kit.engine.observer.observe(kit.person(), 0.0, covering=True).quality
    assert frame is not None and frame.mouth is None and frame.eyes is None
    assert portrait is not None and portrait.mouth and portrait.eyes
    assert frame.sharpness == portrait.sharpness and kit.engine.enrol(file_of(kit.person())).quality.mouth


def test_a_template_of_several_photos_is_the_same_person_and_nobody_else(kit: Kit) -> None:
    photo, other = file_of(kit.person()), file_of(kit.other())
    template = kit.engine.template([photo, photo, photo])
    assert kit.engine.score(photo, template) > 0.9
    assert kit.engine.score(other, template) < 0.4
    with pytest.raises(BadInput):
        kit.engine.template([])


@pytest.mark.rule("S-3")
def test_a_still_picture_is_never_alive(kit: Kit) -> None:
    """Matched to that person's checked portrait, live, at the device."""
    check, picture = kit.engine.check_in(kit.candidates), kit.person()
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
    check = kit.engine.check_in(kit.candidates, STILL)
    outcome = [check.feed(kit.person(), index / 15) for index in range(8)][-1].outcome
    assert isinstance(outcome, Accepted)
    assert outcome.person_id == "person"
    evidence = outcome.evidence
    assert evidence.liveness == "demo-still" and evidence.challenge == ()
    assert evidence.versions == kit.engine.versions
    assert evidence.score is not None and evidence.score == outcome.score >= evidence.threshold
    assert (evidence.same, evidence.passive_least) == (kit.engine.calibration.same, None)
    assert evidence.photo is not None and evidence.photo.startswith(b"\xff\xd8\xff")
    assert "photo" not in evidence.plain()


@pytest.mark.rule("S-3")
def test_a_stranger_is_refused_even_in_the_demo(kit: Kit) -> None:
    """Nobody else is."""
    only_other = [one for one in kit.candidates if one.person_id == "other"]
    check = kit.engine.check_in(only_other, STILL)
    outcome = [check.feed(kit.person(), index / 15) for index in range(30)][-1].outcome
    assert isinstance(outcome, Refusal)
    assert outcome.code == "unknown"
    assert outcome.evidence.score is not None and outcome.evidence.score < outcome.evidence.threshold


def test_without_a_face_it_asks_for_one_and_ends_in_a_sentence(kit: Kit) -> None:
    check, nobody = kit.engine.check_in(kit.candidates), kit.faulty["no_face"]()
    assert check.feed(nobody, 0.0).instruction == "请站到屏幕前，看着镜头"
    late = check.feed(nobody, 60.0).outcome
    assert isinstance(late, Refusal) and late.code == "not_seen" and late.hint


def test_nobody_to_compare_with_is_a_sentence(kit: Kit) -> None:
    outcome = kit.engine.check_in([]).feed(kit.person(), 0.0).outcome
    assert isinstance(outcome, Refusal) and outcome.code == "no_candidates"


def test_evidence_names_every_model(kit: Kit) -> None:
    versions = kit.engine.check_in([]).feed(kit.person(), 0.0).outcome.evidence.versions  # type: ignore[union-attr]
    assert {"detector", "landmarks", "recogniser", "calibration"} <= versions.keys()
    assert versions["calibration"] == kit.engine.calibration.sha256
    assert versions["recogniser"] == kit.engine.model == kit.engine.calibration.model


def test_a_template_of_another_engine_is_told_and_never_compared(kit: Kit) -> None:
    """Even the very numbers of this person are nobody's when another model stands over them."""
    own = kit.candidates[0].templates[0]
    strange = Template("another-model-1", own.vector)
    assert kit.engine.score(file_of(kit.person()), strange) == -1.0
    assert kit.engine.score(file_of(kit.person()), Template(kit.engine.model, own.vector[:-4])) == -1.0
    outcome = kit.engine.check_in([Candidate("person", (strange,))], STILL).feed(kit.person(), 0.0).outcome
    assert isinstance(outcome, Refusal) and outcome.code == "other_model" and outcome.hint
    assert outcome.evidence.stale == ("person",) and outcome.evidence.score is None


def test_the_default_recognisers_name_is_known_before_it_is_loaded() -> None:
    """A server asks whose templates are old without loading a network."""
    assert EngineChoice().known_model == FaceEngine.shipped().model
    mediapipe = EngineChoice(landmarks="mediapipe")
    assert mediapipe.known_model == FaceEngine.open(mediapipe).model != EngineChoice().known_model
    assert EngineChoice(pack=Path("own")).known_model is None
