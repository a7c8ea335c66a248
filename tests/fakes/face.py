"""A person in front of a fake camera, who does what he is asked; or does not."""

from collections.abc import Callable

from core.face import sentences
from core.face.checkin import CheckIn, Progress
from core.face.fake import fake_picture
from core.face.gestures import Gesture
from core.face.types import Image

FPS = 20
_ASKED = {words: gesture for gesture, words in sentences.ASK.items()}
_TURN_FRAMES, _BLINK_FRAMES, _REACTION_FRAMES = 8, 3, 8

Answer = Callable[[Gesture], Gesture | None]


def obey(asked: Gesture) -> Gesture | None:
    """Does what is asked."""
    return asked


def play(
    check: CheckIn, *people: str, answer: Answer = obey, seconds: float = 40.0, flat: bool = False
) -> Progress:
    """Feeds frames of these people, who answer so, until there is an outcome; fails the test if there is none."""
    script: list[Image] = []
    done: tuple[str, int] | None = None
    for index in range(int(seconds * FPS)):
        frame = script.pop(0) if script else fake_picture(*people, moment=index)
        progress = check.feed(frame, 100 + index / FPS)
        if progress.outcome is not None:
            return progress
        gesture = _ASKED.get(progress.instruction)
        if gesture and (progress.instruction, progress.step) != done:
            done = (progress.instruction, progress.step)
            script = _frames(people, answer(gesture), index, flat)
    raise AssertionError("the check-in came to no end")


def _frames(people: tuple[str, ...], gesture: Gesture | None, index: int, flat: bool) -> list[Image]:
    if gesture is None:
        return []
    start = index + 1000
    wait = [fake_picture(*people, moment=start + n) for n in range(_REACTION_FRAMES)]
    if gesture is Gesture.BLINK:
        return wait + [fake_picture(*people, shut=True, moment=start + 50 + n) for n in range(_BLINK_FRAMES)]
    fault = "flat" if flat else ""
    return wait + [
        fake_picture(*people, pose=gesture.value, fault=fault, moment=start + 50 + n)
        for n in range(_TURN_FRAMES)
    ]
