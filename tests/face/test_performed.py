"""A recorded person who does what is asked — and a screen that shows him doing it."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from core.face import sentences
from core.face.challenge import draw
from core.face.checkin import Accepted, CheckIn, Progress, Refusal
from core.face.engine import FaceEngine
from core.face.gestures import Gesture
from core.face.images import encoded
from core.face.types import Candidate, Image
from tests.face.clips import Clip, frames

pytestmark = pytest.mark.timeout(300)

FindFile = Callable[[str], Path]
FPS = 30
_ASKED = {words: gesture for gesture, words in sentences.ASK.items()}
_REACTION = 9
# Pictures of each clip: looking ahead, and every gesture from ahead to ahead (the long look aside is cut out).
LIVE = {
    "idle": [(186, 206)],
    Gesture.LEFT: [(50, 66), (166, 190)],
    Gesture.RIGHT: [(205, 236), (312, 332)],
    Gesture.BLINK: [(526, 546)],
}
SCREEN = {
    "idle": [(100, 125)],
    Gesture.LEFT: [(125, 150), (240, 265)],
    Gesture.RIGHT: [(290, 382), (392, 406)],
    Gesture.BLINK: [(608, 624)],
}


class Puppet:
    """A clip whose pieces are shown as somebody with a cutting table would, to do what is asked."""

    def __init__(self, pictures: list[Image], pieces: dict[str, list[tuple[int, int]]]) -> None:
        self._pieces = {
            name: [pictures[index] for begin, end in spans for index in range(begin, end)]
            for name, spans in pieces.items()
        }
        idle = self._pieces["idle"]
        self._idle = idle + idle[::-1]

    def play(self, check: CheckIn) -> Progress:
        """Until there is an outcome."""
        script: list[Image] = []
        done: tuple[str, int] | None = None
        for index in range(FPS * 40):
            picture = script.pop(0) if script else self._idle[index % len(self._idle)]
            progress = check.feed(picture, index / FPS)
            if progress.outcome is not None:
                return progress
            gesture = _ASKED.get(progress.instruction)
            if gesture and (progress.instruction, progress.step) != done:
                done = (progress.instruction, progress.step)
                script = [self._idle[(index + n) % len(self._idle)] for n in range(_REACTION)]
                script += self._pieces[gesture]
        raise AssertionError("the check-in came to no end")


def _pictures(path: Path) -> list[Image]:
    return [image for _, image in frames(path, Clip(path.name))]


@pytest.fixture(scope="module")
def live(data_file: FindFile) -> Puppet:
    """A living person."""
    return Puppet(_pictures(data_file("videos/live/tranvanluyt_live_headturn.mp4")), LIVE)


@pytest.fixture(scope="module")
def portrait(data_file: FindFile) -> bytes:
    """His photo, enlarged to what B-2 wants."""
    import cv2

    path = data_file("videos/live/tranvanluyt_live_headturn.mp4")
    image = next(image for t, image in frames(path, Clip(path.name)) if t >= 6.5)
    return encoded(cv2.resize(image, (720, 1284)).astype(image.dtype), 1284, 95)


@pytest.mark.rule("S-3")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_living_person_who_does_what_is_asked_is_accepted(seed: int, live: Puppet, portrait: bytes) -> None:
    """Face: matched to that person's checked portrait, live, at the device."""
    engine = FaceEngine.shipped()
    candidates = [Candidate("he", (engine.enrol(portrait).template,))]
    outcome = live.play(engine.check_in(candidates, challenge=draw(random.Random(seed)))).outcome
    assert isinstance(outcome, Accepted), outcome
    assert outcome.evidence.liveness == "challenge" and len(outcome.evidence.answers) == 3


def test_the_operators_network_keeps_him_and_refuses_the_screen_that_shows_him(
    live: Puppet, portrait: bytes, data_file: FindFile
) -> None:
    """The screen answers rightly, because its gestures are cut to order: only the passive network can tell."""
    engine = FaceEngine.shipped(data_file("models/minifasnet_v2_27.onnx"))
    candidates = [Candidate("he", (engine.enrol(portrait).template,))]
    screen = Puppet(_pictures(data_file("videos/spoof/tranvanluyt_screen_replay_headturn.mp4")), SCREEN)
    kept = live.play(engine.check_in(candidates, challenge=draw(random.Random(4)))).outcome
    assert isinstance(kept, Accepted) and kept.evidence.passive and kept.evidence.passive > 0.5
    refused = screen.play(engine.check_in(candidates, challenge=draw(random.Random(4)))).outcome
    assert isinstance(refused, Refusal)
    assert refused.evidence.passive is not None and refused.evidence.passive < 0.2
