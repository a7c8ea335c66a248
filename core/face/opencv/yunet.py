"""YuNet: the detector."""

import cv2
import numpy as np

from core.face.opencv.runtime import buffer, prepare
from core.face.types import Box, Detection, Image
from core.face.weights import YUNET, read

LONG_SIDE = 480
"""Frames are looked at in this size: a face of 100 px in a 1280-px frame is then 37 px, which YuNet still finds."""
MIN_SCORE = 0.7
_OVERLAP = 0.3
_MOST = 20


class YuNet:
    """Finds faces with OpenCV's own wrapper around YuNet."""

    def __init__(self) -> None:
        prepare()
        self._net = cv2.FaceDetectorYN.create(
            "onnx", buffer(read(YUNET)), buffer(b""), (320, 320), MIN_SCORE, _OVERLAP, _MOST
        )
        self._size = (0, 0)

    @property
    def version(self) -> str:
        """The model's name and version."""
        return f"{YUNET.name}-{YUNET.version}"

    def detect(self, image: Image) -> list[Detection]:
        """The faces, biggest first."""
        height, width = image.shape[:2]
        scale = min(1.0, LONG_SIDE / max(height, width))
        small = (
            image
            if scale == 1.0
            else cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        )
        size = (small.shape[1], small.shape[0])
        if size != self._size:
            self._net.setInputSize(size)
            self._size = size
        rows = self._net.detect(small)[1]
        if rows is None:
            return []
        found = [_detection(np.asarray(row, dtype=np.float32), 1.0 / scale) for row in rows]
        return sorted(found, key=lambda face: -face.box.area)


def _detection(row: np.ndarray[tuple[int], np.dtype[np.float32]], scale: float) -> Detection:
    x, y, width, height = (float(value) * scale for value in row[:4])
    return Detection(
        Box(x, y, width, height), (row[4:14].reshape(5, 2) * scale).astype(np.float32), float(row[14])
    )
