"""What every face engine must do: the default, an operator's pack, MediaPipe's landmarks, and the fake."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from core.errors import BadInput, Refused
from core.face.checkin import Accepted, CheckInSettings, Refusal
from core.face.choice import EngineChoice
from core.face.engine import FaceEngine
from core.face.fake import fake_engine, fake_picture
from core.face.images import encoded
from core.face.matching import unpack
from core.face.types import Candidate, Image, Template
from tests.factories import faces, packs

STILL = CheckInSettings(still_for_live=True)


@dataclass(frozen=True)
class Kit:
    """An engine and pictures that it can judge."""

    engine: FaceEngine
    person: Callable[[], Image]
    other: Callable[[], Image]
    faulty: dict[str, Callable[[], Image]]

    @cached_property
    def candidates(self) -> list[Candidate]:
        """Both people, enrolled."""
        return [
            Candidate("person", (self.engine.enrol(_file(self.person())).template,)),
            Candidate("other", (self.engine.enrol(_file(self.other())).template,)),
        ]


def _blurred() -> Image:
    return cv2.GaussianBlur(faces.face_picture("astronaut"), (0, 0), 12).astype(np.uint8)


def _small() -> Image:
    picture = cv2.resize(faces.face_picture("astronaut"), (150, 200))
    return cv2.copyMakeBorder(picture, 400, 360, 300, 270, cv2.BORDER_REPLICATE).astype(np.uint8)


def _real(choice: EngineChoice, other: str = "actress") -> Kit:
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
    engine = FaceEngine.open(choice)
    return Kit(engine, lambda: astronaut, lambda: faces.face_picture(other), faulty)


@pytest.fixture(scope="module")
def shipped() -> Kit:
    """What a package installation alone brings."""
    return _real(EngineChoice())


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """An operator's recogniser, whose vectors are four times as long."""
    folder = packs.pack(tmp_path_factory.mktemp("pack"), packs.widened(packs.folded()))
    return _real(EngineChoice(pack=folder))


@pytest.fixture(scope="module")
def mediapipe() -> Kit:
    """MediaPipe's own FaceMesh under the default's recogniser."""
    return _real(EngineChoice(landmarks="mediapipe"), "guest")


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


@pytest.fixture(params=["shipped", "pack", "mediapipe", "fake"])
def kit(request: pytest.FixtureRequest) -> Kit:
    """Every test below runs with each."""
    found: Kit = request.getfixturevalue(request.param)
    return found


def _file(image: Image) -> bytes:
    return encoded(image, 1440, 95)


@pytest.mark.rule("P-2")
def test_a_good_portrait_passes_and_gives_a_template_of_this_engine(kit: Kit) -> None:
    """Portrait check: exactly one face, frontal, sharp, big and bright enough to recognise."""
    check = kit.engine.enrol(_file(kit.person()))
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


def test_what_hides_a_face_is_measured_where_it_is_asked_for(kit: Kit) -> None:
    """It costs most of what quality costs, and no frame of a check-in is judged by it."""
    frame = kit.engine.observer.observe(kit.person(), 0.0).quality
    portrait = kit.engine.observer.observe(kit.person(), 0.0, covering=True).quality
    assert frame is not None and frame.mouth is None and frame.eyes is None
    assert portrait is not None and portrait.mouth and portrait.eyes
    assert frame.sharpness == portrait.sharpness and kit.engine.enrol(_file(kit.person())).quality.mouth


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
    assert kit.engine.score(_file(kit.person()), strange) == -1.0
    assert kit.engine.score(_file(kit.person()), Template(kit.engine.model, own.vector[:-4])) == -1.0
    outcome = kit.engine.check_in([Candidate("person", (strange,))], STILL).feed(kit.person(), 0.0).outcome
    assert isinstance(outcome, Refusal) and outcome.code == "other_model" and outcome.hint
    assert outcome.evidence.stale == ("person",) and outcome.evidence.score is None


FRAMES: dict[str, Callable[[Image], object]] = {
    "grey": lambda image: image[:, :, 0],
    "grey with a channel": lambda image: image[:, :, :1],
    "with alpha": lambda image: np.dstack([image, np.full(image.shape[:2], 255, np.uint8)]),
    "16 bits": lambda image: image.astype(np.uint16) << 8,
    "reversed rows": lambda image: image[::-1][::-1],
    "columns first": np.asfortranarray,
    "8k": lambda image: cv2.resize(image, (5760, 7680)),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_an_odd_frame_shows_the_same_person(kit: Kit, kind: str) -> None:
    template = kit.candidates[0].templates[0]
    seen = kit.engine.observer.observe(FRAMES[kind](kit.person()), 0.0)  # type: ignore[arg-type]
    assert seen.faces == 1 and seen.vector is not None
    assert float(seen.vector @ unpack(template)) > (0.6 if "grey" in kind else 0.9)


NO_FRAMES: dict[str, object] = {
    "fractions": np.zeros((48, 64, 3), dtype=np.float32),
    "not a number": np.full((48, 64, 3), np.nan),
    "infinite": np.full((48, 64, 3), np.inf, dtype=np.float32),
    "yes and no": np.zeros((48, 64, 3), dtype=bool),
    "signed": np.zeros((48, 64, 3), dtype=np.int8),
    "two channels": np.zeros((48, 64, 2), dtype=np.uint8),
    "five channels": np.zeros((48, 64, 5), dtype=np.uint8),
    "a line": np.zeros(64, dtype=np.uint8),
    "a film": np.zeros((2, 48, 64, 3), dtype=np.uint8),
    "no rows": np.zeros((0, 64, 3), dtype=np.uint8),
    "no columns": np.zeros((48, 0, 3), dtype=np.uint8),
    "no channels": np.zeros((48, 64, 0), dtype=np.uint8),
    "far too big": np.broadcast_to(np.uint8(0), (9000, 9000, 3)),
    "nothing": None,
    "a list": [[1, 2, 3]],
    "bytes": b"\xff\xd8\xff",
}


@pytest.mark.parametrize("kind", NO_FRAMES)
def test_what_is_no_frame_is_a_sentence(kit: Kit, kind: str) -> None:
    with pytest.raises(BadInput) as caught:
        kit.engine.check_in([]).feed(NO_FRAMES[kind], 0.0)  # type: ignore[arg-type]
    assert caught.value.code == "face.bad_frame" and caught.value.hint


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    size=st.tuples(st.integers(1, 80), st.integers(1, 80)),
    channels=st.sampled_from([None, 1, 3, 4]),
    dtype=st.sampled_from([np.uint8, np.uint16]),
    seed=st.integers(0, 2**32 - 1),
)
def test_noise_of_any_shape_is_nobody(
    kit: Kit, size: tuple[int, int], channels: int | None, dtype: type[np.integer], seed: int
) -> None:
    shape = size if channels is None else (*size, channels)
    noise = np.random.default_rng(seed).integers(0, np.iinfo(dtype).max, shape, dtype)
    seen = kit.engine.observer.observe(noise, 0.0)  # type: ignore[arg-type]
    assert seen.vector is None or np.isfinite(seen.vector).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (16, 7680), (17, 60000)])
def test_a_frame_without_room_for_a_face_shows_nobody(kit: Kit, size: tuple[int, int]) -> None:
    """Asked for long enough, so that the camera's picture is looked at, too."""
    check = kit.engine.check_in(kit.candidates)
    for index in range(5):
        noise = np.random.default_rng(index).integers(0, 255, (*size, 3), np.uint8)
        assert check.feed(noise, float(index)).box is None


def test_portraits_of_every_kind_of_file(kit: Kit) -> None:
    """Grey, CMYK, with alpha, 16 bits: the same person; one that is cut off ends in a sentence."""
    picture = Pillow.fromarray(kit.person()[:, :, ::-1])
    template = kit.candidates[0].templates[0]
    for mode, kind in (("L", "JPEG"), ("CMYK", "JPEG"), ("RGBA", "PNG"), ("L", "PNG"), ("P", "PNG")):
        file = io.BytesIO()
        picture.convert(mode).save(file, kind)
        assert kit.engine.score(kit.engine.enrol(file.getvalue()).picture, template) > 0.6, (mode, kind)
    deep = cv2.cvtColor(kit.person(), cv2.COLOR_BGR2GRAY).astype(np.uint16) * 257
    assert kit.engine.score(kit.engine.enrol(cv2.imencode(".png", deep)[1].tobytes()).picture, template) > 0.6
    whole = _file(kit.person())
    for cut in (0, 2, 3, 100, len(whole) // 2, len(whole) - 10):
        with pytest.raises(Refused) as caught:
            kit.engine.enrol(whole[:cut])
        assert caught.value.hint


def test_the_default_recognisers_name_is_known_before_it_is_loaded() -> None:
    """A server asks whose templates are old without loading a network."""
    assert EngineChoice().known_model == FaceEngine.shipped().model
    mediapipe = EngineChoice(landmarks="mediapipe")
    assert mediapipe.known_model == FaceEngine.open(mediapipe).model != EngineChoice().known_model
    assert EngineChoice(pack=Path("own")).known_model is None
