"""The interface of quality meters."""

from typing import Protocol

from core.face.types import Detection, Image, Landmarks, Quality


class QualityMeter(Protocol):
    """Measures how well a face can be seen; what is enough is decided elsewhere, in one place."""

    def measure(
        self, image: Image, face: Detection, landmarks: Landmarks, *, covering: bool = False
    ) -> Quality:
        """The figures of this face; with ``covering`` also those of what may hide mouth and eyes."""
