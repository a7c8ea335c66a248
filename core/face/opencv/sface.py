"""SFace, aligned on the mesh and averaged with the mirrored face: the recogniser."""

import cv2
import numpy as np

from core.face.opencv.runtime import onnx_network
from core.face.types import Detection, Image, Landmarks, Points, Vector
from core.face.weights import SFACE, read

SIZE = 112
ALIGNMENT = "mesh-mirror-1"
"""Part of the model's version: templates of another alignment can't be compared with these."""
# Where SFace learnt to find eyes, nose and mouth corners.
_PLACES = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]],
    dtype=np.float64,
)


class SFace:
    """128 numbers from a face of 112 × 112 pixels."""

    def __init__(self) -> None:
        self._net = onnx_network(read(SFACE))

    @property
    def version(self) -> str:
        """The model's name and version, and how faces are laid under it."""
        return f"{SFACE.name}-{SFACE.version}-{ALIGNMENT}"

    def vector(self, image: Image, face: Detection, landmarks: Landmarks) -> Vector:
        """The identity, 128 numbers of unit length."""
        picture = aligned(image, anchor_points(face, landmarks.mesh))
        # The mirrored face is the same person seen once more: it halves what is chance in the picture.
        both = self._run(picture) + self._run(cv2.flip(picture, 1).astype(np.uint8, copy=False))
        unit: Vector = (both / np.linalg.norm(both)).astype(np.float32)
        return unit

    def _run(self, picture: Image) -> Vector:
        # The file lists 29 left-over inputs; naming the real one is what makes OpenCV 5 run it.
        self._net.setInput(cv2.dnn.blobFromImage(picture, swapRB=True), "data")
        values = np.asarray(self._net.forward(), dtype=np.float32).ravel()
        unit: Vector = (values / np.linalg.norm(values)).astype(np.float32)
        return unit


def anchor_points(face: Detection, mesh: Points) -> Points:
    """Eye centres and mouth corners of the mesh with the detector's nose: the best of the ways that were measured."""
    eyes = (mesh[33, :2] + mesh[133, :2]) / 2, (mesh[362, :2] + mesh[263, :2]) / 2
    return np.stack([eyes[0], eyes[1], face.points[2], mesh[61, :2], mesh[291, :2]]).astype(np.float32)


def aligned(image: Image, points: Points) -> Image:
    """The face turned, scaled and moved so that its points lie where the recogniser expects them."""
    return cv2.warpAffine(image, similarity(points), (SIZE, SIZE), flags=cv2.INTER_LINEAR).astype(
        np.uint8, copy=False
    )


def similarity(points: Points) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """The least-squares similarity (Umeyama) from these points to the places; all five count, none is an outlier."""
    source = points.astype(np.float64)
    source_mean, target_mean = source.mean(axis=0), _PLACES.mean(axis=0)
    a, b = source - source_mean, _PLACES - target_mean
    spread = float((a**2).sum())
    cos = float((a * b).sum()) / spread
    sin = float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()) / spread
    turn = np.array([[cos, -sin], [sin, cos]])
    return np.hstack([turn, (target_mean - turn @ source_mean)[:, None]])
