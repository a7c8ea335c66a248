"""The interfaces of what tells a living face from a picture of one, beside the challenge itself."""

from typing import Protocol

from core.face.types import Detection, Image, Landmarks


class MotionMeter(Protocol):
    """Follows one face from frame to frame; every check-in has its own."""

    def feed(
        self, image: Image, t: float, face: Detection, landmarks: Landmarks
    ) -> "tuple[float | None, float | None]":
        """Change of the face since the last frame, and relief since it last looked ahead (None: not known)."""

    def reset(self) -> None:
        """The face was lost: what was followed is gone."""


class PassiveLiveness(Protocol):
    """A network that judges single frames, where the operator has installed one."""

    @property
    def version(self) -> str:
        """Name and version of the model, as evidence keeps it."""

    def score(self, image: Image, face: Detection) -> float:
        """1 for a living face, 0 for a picture."""
