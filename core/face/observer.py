"""Looks at one frame with all the parts; keeps nothing between frames."""

from core.face.gate import company
from core.face.liveness import MotionMeter
from core.face.parts import Parts
from core.face.types import Image, Observation


class Observer:
    """From a frame to an observation."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def observe(
        self, image: Image, t: float, *, identify: bool = True, motion: MotionMeter | None = None
    ) -> Observation:
        """What this frame shows of the biggest face; ``identify`` costs half of the time of a frame."""
        parts = self.parts
        faces = parts.detector.detect(image)
        marks = parts.landmarks.find(image, faces[0]) if faces else None
        if marks is None:
            if motion is not None:
                motion.reset()
            return Observation(t, 0)
        face = faces[0]
        stirred, relief = motion.feed(image, face, marks) if motion is not None else (None, None)
        return Observation(
            t,
            company([one.box for one in faces]),
            box=face.box,
            landmarks=marks,
            quality=parts.quality.measure(image, face, marks),
            vector=parts.recogniser.vector(image, face, marks) if identify else None,
            stirred=stirred,
            relief=relief,
            passive=parts.passive.score(image, face) if identify and parts.passive else None,
        )
