"""What is wrong with the camera's picture itself while nobody is recognised in it: dark, white, still, upside down."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.face.detector import Detector
from core.face.types import Box, Detection, Image

PATIENCE_S = 2.0
"""Who steps up needs a moment; only then is the camera suspected."""
EVERY_S = 1.0
"""Turning a picture and searching it costs 8 ms: once a second is enough."""
_AGREEING = 2
_DARK = 32
"""Grey level that hardly a pixel exceeds: a covered lens or a room without light."""
_WHITE = 240
"""Grey level below which hardly a pixel lies: the sun or a lamp in the lens."""
_SAME_PLACE = 0.3
"""Least overlap of a face and what the turned picture shows in its place; of 66 turned people's photos all had 0.53."""
_STEP = 8


class Sight:
    """Fed with every frame of a check-in until somebody is recognised."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._began: float | None = None
        self._seen = self._changed = self._turned_at = float("-inf")
        self._small: Image | None = None
        self._turned = 0
        self.told: str | None = None
        """The code of what was found wrong with the last frame."""

    def feed(self, image: Image, t: float, face: Box | None) -> str | None:
        """The code of what is wrong, once it has been so for a while; ``face`` is where somebody is seen."""
        small = image[::_STEP, ::_STEP]
        if self._small is None or not np.array_equal(small, self._small):
            self._small, self._changed = small.copy(), t
        self._began = t if self._began is None else self._began
        self._seen = max(self._seen, self._began) if face is None else t
        self.told = self._fault(image, small, t, face)
        return self.told

    def _fault(self, image: Image, small: Image, t: float, face: Box | None) -> str | None:
        if t - self._seen >= PATIENCE_S:
            if float(np.percentile(small, 99)) < _DARK:
                return "dark_picture"
            if float(np.percentile(small, 10)) > _WHITE:
                return "white_picture"
            if t - self._changed >= PATIENCE_S:
                return "still_picture"
        if t - (self._began or 0.0) >= PATIENCE_S and t - self._turned_at >= EVERY_S:
            self._turned_at = t
            self._turned = self._turned + 1 if self._upside_down(image, face) else 0
        return "upside_down" if self._turned >= _AGREEING else None

    def on_its_head(self, image: Image, t: float, face: Box | None) -> bool:
        """Is the face that is about to be compared upside down? That is told until the next look at it."""
        self._turned_at = t
        self._turned = _AGREEING if self._upside_down(image, face) else 0
        return self._turned > 0

    def _upside_down(self, image: Image, face: Box | None) -> bool:
        """Does the detector see this face, or any where there is none, better when the picture is turned?

        Half of all faces are found upside down, too, but never as surely. Another face that somebody holds on its
        head beside his own says nothing about the camera.
        """
        height, width = image.shape[:2]
        turned = self._detector.detect(np.ascontiguousarray(image[::-1, ::-1]))
        back = [
            replace(one, box=replace(one.box, x=width - one.box.x - one.box.width,
                                     y=height - one.box.y - one.box.height))
            for one in turned
        ]  # fmt: skip
        return _surest(back, face) > _surest(self._detector.detect(image), face)


def _surest(found: Sequence[Detection], place: Box | None) -> float:
    """How sure the detector is of a face there, or of any where no place is meant."""
    there = [one for one in found if place is None or one.box.overlap(place) >= _SAME_PLACE]
    return max((one.score for one in there), default=0.0)
