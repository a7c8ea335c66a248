"""SFace, aligned on the mesh and averaged with the mirrored face: the recogniser."""

import cv2
import numpy as np

from core.face.names import sface
from core.face.opencv.align import aligned, anchor_points, mirrored
from core.face.opencv.runtime import onnx_network
from core.face.recogniser import unit
from core.face.types import Detection, Image, Landmarks, Vector
from core.face.weights import MESH, SFACE, read


class SFace:
    """128 numbers from a face of 112 × 112 pixels."""

    def __init__(self, mesh: str = MESH.name) -> None:
        """``mesh`` is the name of the landmarks that faces are laid by."""
        self._net = onnx_network(read(SFACE))
        self._mesh = mesh

    @property
    def version(self) -> str:
        """The model's name and version, and how faces are laid under it."""
        return sface(self._mesh)

    @property
    def size(self) -> int:
        """How many numbers an identity has."""
        return 128

    @property
    def files(self) -> dict[str, str]:
        """Nothing of an operator's: the version says it all."""
        return {}

    def vector(self, image: Image, face: Detection, landmarks: Landmarks) -> Vector:
        """The identity, 128 numbers of unit length."""
        picture = aligned(image, anchor_points(face, landmarks.mesh))
        return unit(self._run(picture) + self._run(mirrored(picture)))

    def _run(self, picture: Image) -> Vector:
        # The file lists 29 left-over inputs; naming the real one is what makes OpenCV 5 run it.
        self._net.setInput(cv2.dnn.blobFromImage(picture, swapRB=True), "data")
        return unit(np.asarray(self._net.forward()))
