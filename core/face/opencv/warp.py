"""Turned squares of a picture: cut one out for a network, and carry its points back."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from core.face.types import Image, Numbers, Points


@dataclass(frozen=True, slots=True)
class Square:
    """A square in the picture: middle, side in pixels, and its turn in radians."""

    x: float
    y: float
    side: float
    turn: float

    def matrix(self, size: int) -> Numbers:
        """The 2 × 3 matrix from a crop of this size back into the picture."""
        scale = self.side / size
        cos, sin = np.cos(self.turn) * scale, np.sin(self.turn) * scale
        half = size / 2
        x, y = self.x - (cos - sin) * half, self.y - (sin + cos) * half
        return np.array([[cos, -sin, x], [sin, cos, y]], dtype=np.float64)

    def to_image(self, points: Numbers, size: int) -> Points:
        """Points (x, y, z) of a crop of this size, in pixels of the picture; depth grows with the scale."""
        matrix = self.matrix(size)
        flat = points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        depth = points[:, 2:] * (self.side / size)
        return np.hstack([flat, depth]).astype(np.float32)


def around(middle: tuple[float, float], side: float, left: Numbers, right: Numbers, scale: float) -> Square:
    """The square around a middle, turned as the line from left to right is."""
    turn = float(np.arctan2(right[1] - left[1], right[0] - left[0]))
    return Square(middle[0], middle[1], side * scale, turn)


def crop(image: Image, square: Square, size: int) -> Image:
    """The square's pixels in this size."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(image, square.matrix(size), (size, size), flags=flags).astype(np.uint8, copy=False)


def forward(net: cv2.dnn.Net, outputs: Sequence[str], picture: Image) -> list[Numbers]:
    """Runs a network that wants red-green-blue from 0 to 1."""
    net.setInput(cv2.dnn.blobFromImage(picture, 1 / 255.0, swapRB=True))
    return [np.asarray(values) for values in net.forward(outputs)]
