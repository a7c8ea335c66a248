"""The interface of landmark finders."""

from typing import Protocol

from core.face.types import Detection, Image, Landmarks


class LandmarkFinder(Protocol):
    """Lays a mesh over one face and measures pose and eyes on it."""

    @property
    def version(self) -> str:
        """Name and version of the model, as evidence keeps it."""

    def find(self, image: Image, face: Detection) -> Landmarks | None:
        """The landmarks, or None where the mesh sees no face."""
