"""YuNet: the detector."""

import cv2
import numpy as np

from core.face.opencv.runtime import buffer, prepare
from core.face.opencv.warp import Square, crop
from core.face.types import Box, Detection, Image
from core.face.weights import YUNET, read

LONG_SIDE = 480
"""Frames are looked at in this size: a face of 100 px in a 1280-px frame is then 37 px, which YuNet still finds."""
MIN_SCORE = 0.7
NEAR_SIDE = 160
"""A face and its surroundings are looked at in this size: it is 80 px then, whatever its size in the frame."""
_SURROUNDINGS = 2.0
_OVERLAP = 0.3
_MOST = 20


class YuNet:
    """Finds faces with OpenCV's own wrapper around YuNet."""

    def __init__(self) -> None:
        prepare()
        # Two of them, because changing the size of what one looks at costs a part of the time that looking does.
        self._whole, self._near = _network(), _network()
        self._size = (0, 0)
        self._near.setInputSize((NEAR_SIDE, NEAR_SIDE))

    @property
    def version(self) -> str:
        """The model's name and version."""
        return f"{YUNET.name}-{YUNET.version}"

    def detect(self, image: Image) -> list[Detection]:
        """The faces, biggest first."""
        height, width = image.shape[:2]
        scale = min(1.0, LONG_SIDE / max(height, width))
        small = image if scale == 1.0 else _smaller(image, scale)
        size = (small.shape[1], small.shape[0])
        if size != self._size:
            self._whole.setInputSize(size)
            self._size = size
        return _faces(self._whole, small, 1.0 / scale)

    def near(self, image: Image, place: Box) -> list[Detection]:
        """The faces around this place, biggest first."""
        side = max(place.width, place.height) * _SURROUNDINGS
        square = Square(*place.centre, side, 0.0)
        corner = place.centre[0] - side / 2, place.centre[1] - side / 2
        return _faces(self._near, crop(image, square, NEAR_SIDE), side / NEAR_SIDE, corner)


def _smaller(image: Image, scale: float) -> Image:
    # A strip of 20 × 20,000 pixels is half a pixel high in this size.
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _network() -> cv2.FaceDetectorYN:
    return cv2.FaceDetectorYN.create(
        "onnx", buffer(read(YUNET)), buffer(b""), (320, 320), MIN_SCORE, _OVERLAP, _MOST
    )


def _faces(
    net: cv2.FaceDetectorYN, picture: Image, scale: float, corner: tuple[float, float] = (0.0, 0.0)
) -> list[Detection]:
    rows = net.detect(picture)[1]
    if rows is None:
        return []
    found = [_detection(np.asarray(row, dtype=np.float32), scale, corner) for row in rows]
    return sorted(found, key=lambda face: -face.box.area)


def _detection(
    row: np.ndarray[tuple[int], np.dtype[np.float32]], scale: float, corner: tuple[float, float]
) -> Detection:
    x, y, width, height = (float(value) * scale for value in row[:4])
    points = row[4:14].reshape(5, 2) * scale + np.array(corner)
    return Detection(
        Box(x + corner[0], y + corner[1], width, height), points.astype(np.float32), float(row[14])
    )
