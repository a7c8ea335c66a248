"""The interface of face detectors."""

from typing import Protocol

from core.face.types import Detection, Image


class Detector(Protocol):
    """Finds every face in a picture."""

    @property
    def version(self) -> str:
        """Name and version of the model, as evidence keeps it."""

    def detect(self, image: Image) -> list[Detection]:
        """The faces, biggest first."""
