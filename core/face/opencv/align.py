"""Lays a face where recognisers learnt to find eyes, nose and mouth corners."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.face.types import Detection, Image, Points

SIZE = 112
_PLACES = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]],
    dtype=np.float64,
)
_WIDE = 128
"""The other size that recognisers of this school have: the same face with 8 pixels more on either side."""


def anchor_points(face: Detection, mesh: Points) -> Points:
    """Eye centres and mouth corners of the mesh with the detector's nose: the best of the ways that were measured."""
    eyes = (mesh[33, :2] + mesh[133, :2]) / 2, (mesh[362, :2] + mesh[263, :2]) / 2
    return np.stack([eyes[0], eyes[1], face.points[2], mesh[61, :2], mesh[291, :2]]).astype(np.float32)


def fits(size: int) -> bool:
    """Whether faces of this size are laid in a known way."""
    return size > 0 and (size % SIZE == 0 or size % _WIDE == 0)


def aligned(image: Image, points: Points, size: int = SIZE) -> Image:
    """The face turned, scaled and moved so that its points lie where the recogniser expects them."""
    matrix = similarity(points, size)
    return cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_LINEAR).astype(np.uint8, copy=False)


def mirrored(picture: Image) -> Image:
    """The same face from the other side: averaging both halves what is chance in the picture."""
    return cv2.flip(picture, 1).astype(np.uint8, copy=False)


def similarity(points: Points, size: int = SIZE) -> NDArray[np.float64]:
    """The least-squares similarity (Umeyama) from these points to the places; all five count, none is an outlier."""
    places = _places(size)
    source = points.astype(np.float64)
    source_mean, target_mean = source.mean(axis=0), places.mean(axis=0)
    a, b = source - source_mean, places - target_mean
    spread = max(float((a**2).sum()), 1e-9)
    cos = float((a * b).sum()) / spread
    sin = float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()) / spread
    turn = np.array([[cos, -sin], [sin, cos]])
    return np.hstack([turn, (target_mean - turn @ source_mean)[:, None]])


def _places(size: int) -> NDArray[np.float64]:
    if size % SIZE == 0:
        return _PLACES * (size / SIZE)
    wide: NDArray[np.float64] = (_PLACES + np.array([8.0, 0.0])) * (size / _WIDE)
    return wide
