"""A recogniser from an operator's pack, run by InsightFace, aligned on our mesh."""

from pathlib import Path

import numpy as np

from core.face.insight.loading import load, run
from core.face.insight.pack import opened
from core.face.names import METHOD
from core.face.opencv.align import aligned, anchor_points, mirrored
from core.face.recogniser import unit
from core.face.types import Detection, Image, Landmarks, Vector
from core.face.weights import MESH


class PackRecogniser:
    """Known by its files' content, not by their names: the same pack has the same version on server and kiosk."""

    def __init__(self, folder: Path, mesh: str = MESH.name) -> None:
        """``mesh`` is the name of the landmarks that faces are laid by."""
        pack = opened(folder)
        self._model, name = load(pack)
        self._side: int = self._model.input_size[0]
        self._version = f"insightface-{pack.identity(name)[:12]}-{mesh}-{METHOD}"
        self._files = {"pack": "; ".join(f"{one} {sha256[:12]}" for one, sha256 in pack.files.items())}
        # A graph that loads may still fail to run: better now than before the first person.
        self._size = self._run(np.zeros((self._side, self._side, 3), dtype=np.uint8)).size

    @property
    def version(self) -> str:
        """Twelve digits of the SHA-256 of the model's file and of the manifest, and how faces are laid under them."""
        return self._version

    @property
    def size(self) -> int:
        """How many numbers an identity has."""
        return self._size

    @property
    def files(self) -> dict[str, str]:
        """Every file of the pack with the first twelve digits of its SHA-256."""
        return self._files

    def vector(self, image: Image, face: Detection, landmarks: Landmarks) -> Vector:
        """The identity, ``size`` numbers of unit length."""
        picture = aligned(image, anchor_points(face, landmarks.mesh), self._side)
        return unit(self._run(picture) + self._run(mirrored(picture)))

    def _run(self, picture: Image) -> Vector:
        return unit(run(self._model, picture))
