"""Photographs of faces that installed packages carry: nothing personal lies in this repository."""

import importlib.util
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from core.face.images import encoded
from core.face.types import Image

_SOURCES = {
    "astronaut": ("skimage", "data/astronaut.png", (224, 122, 86), 1.0),
    # She laughs and looks down: drawn out as the demo does, or the portrait's gate takes her eyes for shut.
    "actress": ("insightface", "data/images/t1.jpg", (1180, 335, 110), 1.3),
    # MediaPipe's mesh takes eyes that laugh for shut; these are open by any measure.
    "guest": ("insightface", "data/images/t1.jpg", (517, 332, 110), 1.3),
    "aside": ("insightface", "data/images/t1.jpg", (953, 130, 108), 1.0),
}
_WIDTH, _HEIGHT = 720, 960


@cache
def face_picture(name: str) -> Image:
    """720 × 960 pixels with one face in the middle, enlarged from a small photo."""
    package, path, (x, y, width), stretch = _SOURCES[name]
    spec = importlib.util.find_spec(package)
    assert spec and spec.submodule_search_locations, f"{package} is not installed"
    whole = cv2.imread(str(Path(spec.submodule_search_locations[0], path)))
    half = int(width * 1.1)
    height = int(half * 8 / 3 / stretch)
    left, top = x - half, y - height // 2
    room = cv2.copyMakeBorder(whole, 300, 300, 300, 300, cv2.BORDER_REPLICATE)
    part = room[top + 300 : top + 300 + height, left + 300 : left + 300 + 2 * half]
    return cv2.resize(part, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_CUBIC).astype(np.uint8)


def two_faces() -> Image:
    """Two people beside one another."""
    return np.hstack([face_picture("astronaut"), face_picture("actress")])


def no_face() -> Image:
    """A plain wall with some noise."""
    noise = np.random.default_rng(1).integers(110, 140, (_HEIGHT, _WIDTH, 3))
    return noise.astype(np.uint8)


def jpeg(image: Image) -> bytes:
    """As a file that can be handed in."""
    return encoded(image, 1440, 95)
