"""The interface of face detectors."""

from typing import Protocol

from core.face.types import Box, Detection, Image


class Detector(Protocol):
    """Finds every face in a picture."""

    @property
    def version(self) -> str:
        """Name and version of the model, as evidence keeps it."""

    def detect(self, image: Image) -> list[Detection]:
        """The faces, biggest first."""

    def near(self, image: Image, place: Box) -> list[Detection]:
        """The faces around a place where one was a moment ago, biggest first, in pixels of the whole picture."""
