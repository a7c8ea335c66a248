"""The interface of recognisers."""

from typing import Protocol

from core.face.types import Detection, Image, Landmarks, Vector


class Recogniser(Protocol):
    """Turns a face into an identity vector."""

    @property
    def version(self) -> str:
        """Name and version of model and alignment: templates of different versions can't be compared."""

    def vector(self, image: Image, face: Detection, landmarks: Landmarks) -> Vector:
        """The identity, 128 numbers of unit length."""
