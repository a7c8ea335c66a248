"""What a camera gives, as the rest of the program takes it: three colours of eight bits, no bigger than a screen."""

from typing import Any

import cv2
import numpy as np

from core.camera.source import Picture
from core.face.frames import frame

LONGEST = 1920
"""Bigger frames cost time to paint and to search and show nothing more of a face."""


def fitted(image: Any) -> Picture:
    """The frame, brought to size; raises ``BadInput`` for what is no picture."""
    picture = frame(image)
    scale = LONGEST / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = tuple(max(1, round(side * scale)) for side in (picture.shape[1], picture.shape[0]))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
