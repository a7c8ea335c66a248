"""Camera → detector → liveness → recogniser on recorded people, against what somebody saw in the pictures."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from core.face.challenge import draw
from core.face.checkin import Refusal
from core.face.engine import FaceEngine
from core.face.gestures import Gesture
from core.face.matching import pack
from core.face.types import Candidate, Image, Vector
from tests.face.clips import Clip, Watched, frames, gestures, listed, looped, watch

pytestmark = pytest.mark.timeout(300)

DRAWS = 60
_EARLY, _LATE = 0.35, 0.35
FindFile = Callable[[str], Path]


@pytest.fixture(scope="session")
def engine() -> FaceEngine:
    """The shipped engine, loaded once."""
    return FaceEngine.shipped()


@pytest.fixture(params=listed(), ids=lambda clip: Path(clip.path).stem)
def clip(request: pytest.FixtureRequest) -> Clip:
    """Every clip of the list."""
    found: Clip = request.param
    return found


@pytest.mark.rule("S-3")
def test_a_clip_is_seen_as_it_was_written_down_and_passes_no_challenge(
    clip: Clip, engine: FaceEngine, data_file: FindFile
) -> None:
    """Face: matched to that person's checked portrait, live, at the device."""
    path = data_file(clip.path)
    watched = watch(engine, path, clip)
    _gestures_are_found(clip, watched)
    _no_challenge_is_passed(clip, watched)
    _a_frozen_picture_is_refused(engine, path, clip, watched)


def _gestures_are_found(clip: Clip, watched: Watched) -> None:
    found = gestures(watched)
    for span in clip.spans:
        assert any(
            one.gesture is span.gesture and one.began >= span.begin - _EARLY and one.began <= span.end + _LATE
            for one in found
        ), f"{span} was not seen among {found}"
    for begin, end in clip.quiet:
        assert not [one for one in found if begin < one.began and one.sure < end]
    turns = [one for one in found if one.gesture is not Gesture.BLINK]
    if not clip.turns:
        assert not turns
    if clip.performs:
        assert tuple(one.gesture for one in turns) == clip.performs


def _no_challenge_is_passed(clip: Clip, watched: Watched) -> None:
    chance = random.Random(clip.path)
    for _ in range(DRAWS):
        challenge = draw(chance)
        turns = tuple(step for step in challenge.steps if step is not Gesture.BLINK)
        if turns == clip.performs:
            continue
        state = looped(watched, challenge, chance)
        assert state.fault, f"{challenge} was passed: {state}"


def _a_frozen_picture_is_refused(engine: FaceEngine, path: Path, clip: Clip, watched: Watched) -> None:
    """The best case for the attacker: the picture is the very one that the template was made from."""
    best = max(watched.starts, key=lambda index: watched.seen[index].box.width)  # type: ignore[union-attr]
    picture, vector = _picture(path, clip, watched.seen[best].t), watched.seen[best].vector
    assert vector is not None
    check = engine.check_in([Candidate("owner", (pack(engine.model, [vector]),))])
    for index in range(300):
        progress = check.feed(picture, index / 5)
        if progress.outcome is not None:
            break
    assert isinstance(progress.outcome, Refusal)


def _picture(path: Path, clip: Clip, t: float) -> Image:
    return next(image for moment, image in frames(path, clip) if moment >= t)


def test_two_people_of_the_clips_are_two_and_one_stays_one(engine: FaceEngine, data_file: FindFile) -> None:
    def vectors(name: str) -> list[Vector]:
        path, clip = data_file(f"videos/{name}.mp4"), Clip(name, stride=15, last=8)
        seen = [engine.observer.observe(image, t) for t, image in frames(path, clip)]
        return [one.vector for one in seen if one.vector is not None]

    one, two = vectors("live/liveportrait_d9"), vectors("live/liveportrait_d13")
    assert min(float(one[0] @ other) for other in one[1:]) > 0.6
    assert max(float(a @ b) for a in one for b in two) < 0.45
