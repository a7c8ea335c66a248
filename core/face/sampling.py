"""On which frames of a challenge it has to be known whose face it is (pure)."""

import random

from core.face.gestures import BlinkDetector
from core.face.shipped import SHIPPED
from core.face.types import Landmarks


class Sampler:
    """Asks on every frame that an answer may rest on, and else at moments that nobody can count.

    An identity costs as much as all else in a frame, so not every frame has one. What is shown between two moments
    that can be foreseen may be anybody's.
    """

    def __init__(self, seed: int) -> None:
        """``seed`` is the challenge's own secret."""
        self._chance = random.Random(seed)  # noqa: S311 - the seed is secret, and nobody sees what is drawn
        self._due = float("-inf")
        self._blinks = BlinkDetector()

    def due(self, t: float) -> bool:
        """Is an identity due at this time, whatever the frame shows?"""
        return t >= self._due

    def asks(self, t: float, marks: Landmarks) -> bool:
        """Has it to be known whose face this frame shows? To be asked once for every frame."""
        self._blinks.feed(t, marks.openness, marks.pose.yaw)
        if not self.due(t) and not aside(marks) and not self._blinks.falling(marks.openness):
            return False
        self._due = t + self._chance.uniform(*SHIPPED.sample_s)
        return True


def aside(marks: Landmarks) -> bool:
    """Is the head turned so far that the frame may be part of a turn?"""
    return abs(marks.pose.yaw) > SHIPPED.aside_yaw
