"""Masks and dark glasses drawn on photographs of faces."""

import cv2
import numpy as np

from core.face.engine import FaceEngine
from core.face.types import Image, Points

MASKS = {"blue": (205, 180, 120), "white": (225, 225, 225), "black": (40, 38, 36), "pink": (190, 180, 225)}
_JAW = (93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323)
_NOSE = (352, 280, 195, 50, 123)
_EYES = ((33, 133), (362, 263))


def mesh_of(engine: FaceEngine, picture: Image) -> Points:
    """The mesh of the face in a picture."""
    parts = engine.observer.parts
    marks = parts.landmarks.find(picture, parts.detector.detect(picture)[0])
    assert marks is not None
    return marks.mesh[:, :2]


def masked(picture: Image, mesh: Points, colour: tuple[int, int, int]) -> Image:
    """With a mask from the nose to under the chin, in the light that falls on the face, with some grain."""
    jaw = mesh.mean(axis=0) + (mesh[list(_JAW)] - mesh.mean(axis=0)) * 1.06
    cover = _cover(picture, [np.vstack([jaw, mesh[list(_NOSE)]])])
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    light = cv2.GaussianBlur(grey, (0, 0), float(np.ptp(mesh[:, 0])) / 12)
    shade = np.clip(light / float(np.median(light[cover > 0.5])), 0.5, 1.4)[:, :, None]
    grain = np.random.default_rng(1).normal(0, 4, (*grey.shape, 1))
    return _laid(picture, cover, np.array(colour, dtype=np.float32) * shade + grain)


def in_dark_glasses(picture: Image, mesh: Points) -> Image:
    """With glasses through which a tenth of the light comes."""
    lenses = []
    for outer, inner in _EYES:
        middle, width = (mesh[outer] + mesh[inner]) / 2, float(np.linalg.norm(mesh[outer] - mesh[inner]))
        turns = np.linspace(0, 2 * np.pi, 40)[:, None]
        lenses.append(middle + width * np.hstack([np.cos(turns), 0.75 * np.sin(turns)]))
    return _laid(picture, _cover(picture, lenses), picture * 0.1 + 24.0)


def _cover(picture: Image, outlines: list[Points]) -> Points:
    cover = np.zeros(picture.shape[:2], dtype=np.float32)
    cv2.fillPoly(cover, [one.astype(np.int32) for one in outlines], 1.0)
    return np.asarray(cv2.GaussianBlur(cover, (0, 0), 1.0))


def _laid(picture: Image, cover: Points, over: Points) -> Image:
    share = cover[:, :, None]
    return np.clip(picture * (1 - share) + over * share, 0, 255).astype(np.uint8)
