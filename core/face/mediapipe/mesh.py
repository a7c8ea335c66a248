"""MediaPipe's FaceMesh with its refined eyes: the landmarks, found anew in every picture."""

from typing import Any, TypeAlias

import cv2
import numpy as np

from core.face.mediapipe.loading import face_mesh
from core.face.opencv.warp import Square, around, crop
from core.face.pose import pose_of
from core.face.types import Box, Detection, Image, Landmarks, Points
from core.face.weights import REFINED_MESH, SHORT_RANGE, located

_CROP = 320
_SCALE = 2.0
"""The face fills half of what FaceMesh sees, as in the self-portraits that its detector was made for."""
_MOST_FACES = 3
_POINTS = 468
_PRESENCE = 0.5
_AS_MEASURED = 1.06
"""On 267 photos of faces the eyes of this mesh are so much narrower than the default's: the gates' limits, which are
told in the default's measure, then mean the same. Who blinks is judged against his own usual, whatever the measure."""
Eye: TypeAlias = tuple[int, int, tuple[int, ...], tuple[int, ...]]
# The contours of the eyes on the mesh, image-left eye first: outer corner, inner corner, upper lid, lower lid.
_LEFT = (33, 133, (246, 161, 160, 159, 158, 157, 173), (7, 163, 144, 145, 153, 154, 155))
_RIGHT = (263, 362, (466, 388, 387, 386, 385, 384, 398), (249, 390, 373, 374, 380, 381, 382))


class MediaPipeMesh:
    """Takes every picture for the first: what was seen before never stands in for what is seen now."""

    def __init__(self) -> None:
        located(REFINED_MESH)
        located(SHORT_RANGE)
        self._mesh = face_mesh(_CROP, _MOST_FACES, _PRESENCE)

    @property
    def version(self) -> str:
        """The models' names and versions."""
        return f"{REFINED_MESH.name}-{REFINED_MESH.version}"

    def find(self, image: Image, face: Detection) -> Landmarks | None:
        """The landmarks, or None where the mesh sees no face."""
        box = face.box
        square = around(box.centre, max(box.width, box.height), face.points[0], face.points[1], _SCALE)
        picture = cv2.cvtColor(crop(image, square, _CROP), cv2.COLOR_BGR2RGB)
        found = self._mesh.process(picture).multi_face_landmarks or []
        meshes = [_points(one, square) for one in found]
        mesh = next((one for one in meshes if _lies_on(one, box)), None)
        if mesh is None:
            return None
        return Landmarks(mesh, _PRESENCE, pose_of(mesh), (_openness(mesh, _LEFT), _openness(mesh, _RIGHT)))


def _points(found: Any, square: Square) -> Points:
    flat = np.array([(one.x, one.y, one.z) for one in found.landmark[:_POINTS]], dtype=np.float64)
    return square.to_image(flat * _CROP, _CROP)


def _lies_on(mesh: Points, box: Box) -> bool:
    """Whether this is the face that was asked about, and not one beside it."""
    low, high = mesh[:, :2].min(axis=0), mesh[:, :2].max(axis=0)
    x, y = (low + high) / 2
    return bool(box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height)


def _openness(mesh: Points, eye: Eye) -> float:
    outer, inner, upper, lower = eye
    gaps = np.linalg.norm(mesh[list(upper), :2] - mesh[list(lower), :2], axis=1)
    width = float(np.linalg.norm(mesh[outer, :2] - mesh[inner, :2]))
    return _AS_MEASURED * float(gaps.mean()) / max(width, 1.0)
