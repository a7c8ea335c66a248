"""Follows points on a face from the moment it last looked ahead: did the picture stir, and has the face relief?"""

from typing import Any

import cv2
import numpy as np

from core.face.geometry import MIN_POINTS, relief
from core.face.gestures import Rest
from core.face.opencv.warp import Square, crop
from core.face.types import Detection, Image, Landmarks, Numbers

FACE_PX = 160
"""Faces are followed in one size, whatever the camera's: errors in pixels then mean the same everywhere."""
_CANVAS = 288
AHEAD = 8.0
"""Degrees of yaw up to which the head looks ahead, or where it rests; each such frame is a new beginning."""
_MOST_POINTS = 160
_APART = 4
_RETURN_ERROR = 0.7
_WINDOW = (15, 15)
# The mesh's outline without the ears and hair: what lies outside moves with the background.
_OUTLINE = (67, 297, 333, 301, 389, 361, 365, 379, 152, 150, 136, 132, 162, 71, 104)


class FlowMeter:
    """Optical flow on one face, forward and back, and the relief of its motion."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """The face was lost: what was followed is gone."""
        self._rest = Rest()
        self._square: Square | None = None
        self._last: Image | None = None
        self._start: Numbers = np.zeros((0, 2), dtype=np.float32)
        self._now: Numbers = self._start

    def feed(
        self, image: Image, t: float, face: Detection, landmarks: Landmarks
    ) -> tuple[float | None, float | None]:
        """Change of the face since the last frame, and relief since it last looked ahead (None: not known)."""
        self._rest.feed(t, landmarks.pose.yaw)
        ahead = self._rest.holds(landmarks.pose.yaw, AHEAD)
        if ahead or self._square is None:
            stirred = self._stirred(image, landmarks)
            self._begin(image, landmarks, usable=ahead)
            return stirred, None
        grey = _grey(image, self._square)
        stirred = _change(self._last, grey)
        self._follow(grey)
        return stirred, relief(self._start, self._now, FACE_PX)

    def _begin(self, image: Image, landmarks: Landmarks, usable: bool) -> None:
        self._square = _square(landmarks)
        self._last = _grey(image, self._square)
        points = _corners(self._last, landmarks, self._square) if usable else self._start[:0]
        self._start = self._now = points

    def _stirred(self, image: Image, landmarks: Landmarks) -> float | None:
        if self._square is None:
            return None
        return _change(self._last, _grey(image, self._square))

    def _follow(self, grey: Image) -> None:
        if self._last is None or len(self._now) < MIN_POINTS:
            self._last = grey
            return
        there, good = _flow(self._last, grey, self._now)
        back, good_back = _flow(grey, self._last, there)
        returned = np.linalg.norm(back - self._now, axis=1) < _RETURN_ERROR
        kept = returned & good & good_back
        self._start, self._now, self._last = self._start[kept], there[kept], grey


def _flow(before: Image, after: Image, points: Numbers) -> tuple[Numbers, Numbers]:
    """Where the points went, and which of them could be followed."""
    there, good, _ = cv2.calcOpticalFlowPyrLK(
        before, after, points, points.copy(), winSize=_WINDOW, maxLevel=3
    )
    return np.asarray(there), np.asarray(good).ravel() == 1


def _square(landmarks: Landmarks) -> Square:
    mesh = landmarks.mesh[:, :2]
    middle = (mesh.min(axis=0) + mesh.max(axis=0)) / 2
    width = float(np.linalg.norm(mesh[454] - mesh[234]))
    return Square(float(middle[0]), float(middle[1]), width * _CANVAS / FACE_PX, 0.0)


def _grey(image: Image, square: Square) -> Image:
    return cv2.cvtColor(crop(image, square, _CANVAS), cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)


def _change(before: Image | None, now: Image) -> float | None:
    if before is None:
        return None
    middle = slice(_CANVAS // 5, -_CANVAS // 5)
    return float(cv2.absdiff(before[middle, middle], now[middle, middle]).mean())


def _corners(grey: Image, landmarks: Landmarks, square: Square) -> Numbers:
    mask = np.zeros_like(grey)
    scale = _CANVAS / square.side
    middle = np.array([square.x, square.y])
    outline = (landmarks.mesh[list(_OUTLINE), :2] - middle) * scale + _CANVAS / 2
    cv2.fillPoly(mask, [outline.astype(np.int32)], 255)
    found: Any = cv2.goodFeaturesToTrack(grey, _MOST_POINTS, 0.01, _APART, mask=mask)
    return np.zeros((0, 2), dtype=np.float32) if found is None else found.reshape(-1, 2).astype(np.float32)
