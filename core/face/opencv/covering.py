"""What hides a face: a mask over nose and mouth, dark glasses over the eyes; seen in light and colour alone."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.face.opencv.warp import around, crop
from core.face.types import Image, Landmarks, Numbers

_SIZE = 192
_EYES = ((33, 160, 158, 133, 153, 144), (362, 385, 387, 263, 373, 380))
_BELOW = (187, 411, 199, 135, 364)
_ABOVE = (117, 346, 9)
_NOSE, _CHIN = 2, 199
_PATCH = 6
_NO_YELLOW, _APART = 128.0, 12.0
"""Skin is yellower than grey in any usual light; what is not, and much less so than the cheeks above, is cloth."""


def mouth_and_eyes(image: Image, landmarks: Landmarks) -> tuple[float, float]:
    """Grey levels: the sharpest step between nose and chin, and the spread of light in the eye that shows less of it.

    Lips make a step that cloth does not have; where the lower face has a colour that skin has not, the step is a fold,
    and counts for nothing.
    """
    picture, points = _laid(image, landmarks)
    lab = cv2.cvtColor(picture, cv2.COLOR_BGR2LAB).astype(np.float32)
    step = 0.0 if _is_cloth(lab, points) else _step(lab[:, :, 0], points)
    return step, min(_spread(lab[:, :, 0], points[list(eye)]) for eye in _EYES)


def _laid(image: Image, landmarks: Landmarks) -> tuple[Image, Numbers]:
    mesh = landmarks.mesh[:, :2]
    low, high = mesh.min(axis=0), mesh.max(axis=0)
    middle, side = (low + high) / 2, float(np.max(high - low))
    square = around((float(middle[0]), float(middle[1])), side, mesh[33], mesh[263], 1.1)
    there = np.linalg.inv(np.vstack([square.matrix(_SIZE), [0, 0, 1]]))
    points = mesh @ there[:2, :2].T + there[:2, 2]
    return crop(image, square, _SIZE), np.clip(points, 0, _SIZE - 1)


def _step(light: NDArray[np.float32], points: Numbers) -> float:
    way = points[_NOSE] + (points[_CHIN] - points[_NOSE]) * np.linspace(0, 1, 40)[:, None]
    seen = light[way[:, 1].astype(int), way[:, 0].astype(int)]
    smooth = cv2.GaussianBlur(seen[:, None], (1, 3), 0).ravel()
    return float(np.abs(np.diff(smooth)).max())


def _spread(light: NDArray[np.float32], outline: Numbers) -> float:
    inside = _inside(light, outline)
    return float(np.percentile(inside, 90) - np.percentile(inside, 10)) if inside.size else 0.0


def _is_cloth(lab: NDArray[np.float32], points: Numbers) -> bool:
    below, above = _colour(lab, points, _BELOW), _colour(lab, points, _ABOVE)
    return float(below[2]) < _NO_YELLOW and float(above[2] - below[2]) > _APART


def _colour(lab: NDArray[np.float32], points: Numbers, places: tuple[int, ...]) -> Numbers:
    """The middle colour of patches around these points."""
    patches = []
    for x, y in points[list(places)].astype(int):
        across = slice(max(0, x - _PATCH), x + _PATCH + 1)
        patches.append(lab[max(0, y - _PATCH) : y + _PATCH + 1, across].reshape(-1, 3))
    return np.asarray(np.median(np.vstack(patches), axis=0))


def _inside(values: Numbers, outline: Numbers) -> Numbers:
    mask = np.zeros(values.shape[:2], dtype=np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(outline.astype(np.int32)), 1)
    return np.asarray(values[mask > 0])
