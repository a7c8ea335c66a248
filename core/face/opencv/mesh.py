"""MediaPipe's face mesh and eye contours, run by OpenCV: the landmarks."""

import cv2
import numpy as np

from core.face.opencv.runtime import tflite_network
from core.face.opencv.warp import Square, around, crop, forward
from core.face.pose import pose_of
from core.face.types import Detection, Image, Landmarks, Points
from core.face.weights import IRIS, MESH, located

_MESH_INPUT = 192
_EYE_INPUT = 64
_BOX_SCALE = 1.5
_MESH_SCALE = 1.5
_EYE_SCALE = 2.3
MIN_CONFIDENCE = 0.5
# Corners of the eyes on the mesh: image-left eye outer, inner; image-right eye inner, outer.
_LEFT_EYE = (33, 133)
_RIGHT_EYE = (362, 263)
# Rows of the eye contour that lie above one another, upper and lower lid.
_UPPER = slice(9, 16)
_LOWER = slice(1, 8)


class MeshFinder:
    """Lays the mesh twice — from the detector's box, then from the first mesh — and looks at both eyes."""

    def __init__(self) -> None:
        self._mesh = tflite_network(located(MESH))
        self._eye = tflite_network(located(IRIS))
        self._mesh_outputs = self._mesh.getUnconnectedOutLayersNames()
        self._eye_outputs = self._eye.getUnconnectedOutLayersNames()

    @property
    def version(self) -> str:
        """The models' names and versions."""
        return f"{MESH.name}-{MESH.version}+{IRIS.name}-{IRIS.version}"

    def find(self, image: Image, face: Detection) -> Landmarks | None:
        """The landmarks, or None where the mesh sees no face."""
        box = face.box
        first, _ = self._lay(
            image, around(box.centre, max(box.width, box.height), face.points[0], face.points[1], _BOX_SCALE)
        )
        low, high = first[:, :2].min(axis=0), first[:, :2].max(axis=0)
        middle = (low + high) / 2
        side = float(np.max(high - low))
        mesh, confidence = self._lay(
            image, around((float(middle[0]), float(middle[1])), side, first[33], first[263], _MESH_SCALE)
        )
        if confidence < MIN_CONFIDENCE:
            return None
        eyes = (self._openness(image, mesh, _LEFT_EYE, False), self._openness(image, mesh, _RIGHT_EYE, True))
        return Landmarks(mesh, confidence, pose_of(mesh), eyes)

    def _lay(self, image: Image, square: Square) -> tuple[Points, float]:
        output = forward(self._mesh, self._mesh_outputs, crop(image, square, _MESH_INPUT))
        flat = next(values for values in output if values.size > 1).reshape(-1, 3)
        logit = next(values for values in output if values.size == 1).item()
        return square.to_image(flat, _MESH_INPUT), 1.0 / (1.0 + float(np.exp(-logit)))

    def _openness(self, image: Image, mesh: Points, corners: tuple[int, int], mirrored: bool) -> float:
        start, end = mesh[corners[0]][:2], mesh[corners[1]][:2]
        middle, side = (start + end) / 2, float(np.max(np.abs(end - start)))
        square = around((float(middle[0]), float(middle[1])), side, start, end, _EYE_SCALE)
        picture = crop(image, square, _EYE_INPUT)
        if mirrored:  # the network knows image-left eyes only
            picture = np.ascontiguousarray(cv2.flip(picture, 1))
        output = forward(self._eye, self._eye_outputs, picture)
        contour = next(values for values in output if values.size > 15).reshape(-1, 3)[:, :2]
        gaps = np.linalg.norm(contour[_UPPER] - contour[_LOWER], axis=1)
        width = float(np.linalg.norm(contour[8] - contour[0]))
        return float(gaps.mean()) / max(width, 1.0)
