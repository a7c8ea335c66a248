"""Looks at one frame with all the parts; keeps nothing between frames."""

from collections.abc import Sequence

from core.face.follower import Follower
from core.face.frames import LEAST_SIDE, frame
from core.face.gate import company
from core.face.liveness import MotionMeter
from core.face.parts import Parts
from core.face.sampling import Sampler
from core.face.types import Detection, Image, Landmarks, Observation


class Observer:
    """From a frame to an observation."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def observe(
        self,
        image: Image,
        t: float,
        *,
        identify: bool = True,
        covering: bool = False,
        sampler: Sampler | None = None,
        motion: MotionMeter | None = None,
        follower: Follower | None = None,
    ) -> Observation:
        """What this frame shows of the biggest face; ``identify`` costs most of the time of a frame.

        Portraits are asked for what may hide the face (``covering``).
        With a ``sampler`` it is he who says whether this frame needs an identity, by what it shows.
        With a ``follower`` a frame is searched as a whole only when that is due. Raises ``BadInput`` for what is no
        picture.
        """
        parts, image = self.parts, frame(image)
        if min(image.shape[:2]) < LEAST_SIDE:
            return self._nobody(t, motion)
        due = identify if sampler is None else sampler.due(t)
        held = None if follower is None else self._held(image, t, follower, due)
        faces, marks = held or self._searched(image, t, follower)
        if marks is None:
            return self._nobody(t, motion)
        face, identify = faces[0], identify if sampler is None else sampler.asks(t, marks)
        stirred, relief = motion.feed(image, t, face, marks) if motion is not None else (None, None)
        return Observation(
            t,
            company([one.box for one in faces]),
            box=face.box,
            landmarks=marks,
            quality=parts.quality.measure(image, face, marks, covering=covering),
            vector=parts.recogniser.vector(image, face, marks) if identify else None,
            stirred=stirred,
            relief=relief,
            passive=parts.passive.score(image, face) if identify and parts.passive else None,
        )

    def _searched(
        self, image: Image, t: float, follower: Follower | None
    ) -> tuple[Sequence[Detection], Landmarks | None]:
        faces = self.parts.detector.detect(image)
        if follower is not None:
            follower.searched(image, t, faces)
        return faces, self.parts.landmarks.find(image, faces[0]) if faces else None

    def _held(
        self, image: Image, t: float, follower: Follower, identify: bool
    ) -> tuple[Sequence[Detection], Landmarks] | None:
        """The face that was there before, found without a search of the whole picture."""
        place = follower.place(image, t, identify=identify)
        faces = [] if place is None else self.parts.detector.near(image, place)
        marks = self.parts.landmarks.find(image, faces[0]) if follower.holds(faces) else None
        return None if marks is None else (faces, marks)

    def _nobody(self, t: float, motion: MotionMeter | None) -> Observation:
        if motion is not None:
            motion.reset()
        return Observation(t, 0)
