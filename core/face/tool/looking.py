"""Which face of a photo is meant, and its identity; nothing here is asked of a person before a camera."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from core.clock import SystemClock
from core.errors import DomainError
from core.face import sentences
from core.face.engine import FaceEngine
from core.face.frames import LEAST_SIDE
from core.face.parts import Parts
from core.face.tool.pictures import read_photo
from core.face.types import Detection, Image, Landmarks, Vector

_ENLARGED = 480
_MOST_SIDE = 8192


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What a photo shows: the identity of the face that is meant, or the reason why there is none."""

    file: str
    vector: Vector | None
    ms: float = 0.0
    faces: int = 0
    code: str = ""
    sentence: str = ""
    unread: bool = False
    """Whether the file could not be read at all: that says nothing about a face."""


def look_at(engine: FaceEngine, file: str, root: Path) -> Look:
    """Reads a photo and looks at it; a file that can't be used is an answer, too."""
    clock = SystemClock()
    try:
        image = read_photo(root / file)
    except DomainError as error:
        return Look(file, None, code=error.code, sentence=error.sentence, unread=True)
    begun = clock.monotonic()
    vector, faces = identity(engine, image)
    ms = (clock.monotonic() - begun) * 1000
    if vector is None:
        return Look(file, None, ms, faces, "no_face", sentences.PORTRAIT["no_face"].sentence)
    return Look(file, vector, ms, faces)


def identity(engine: FaceEngine, image: Image) -> tuple[Vector | None, int]:
    """The vector of the face that is meant, and how many faces there are."""
    parts, most = engine.observer.parts, 0
    for view in _views(_shrunk(image)):
        faces = parts.detector.detect(view)
        most = max(most, len(faces))
        found = _meant(parts, view, faces)
        if found is not None:
            return parts.recogniser.vector(view, *found), most
    return None, most


def _meant(parts: Parts, image: Image, faces: list[Detection]) -> tuple[Detection, Landmarks] | None:
    """The big one near the middle on which the mesh fits: in albums the person meant stands there."""
    middle = np.array([image.shape[1] / 2, image.shape[0] / 2])
    ranked = sorted(
        faces,
        key=lambda face: float(np.linalg.norm(np.array(face.box.centre) - middle)) - face.box.area**0.5,
    )
    for face in ranked:
        marks = parts.landmarks.find(image, face)
        if marks is not None:
            return face, marks
    return None


def _shrunk(image: Image) -> Image:
    """No longer than OpenCV can turn: it knows pixels by 15 bits, and a strip has no room for a face anyway."""
    height, width = image.shape[:2]
    scale = _MOST_SIDE / max(height, width)
    if scale >= 1:
        return image
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _views(image: Image) -> list[Image]:
    """The photo; where that shows no face, a small one in twice the size.

    Tried too: a border around the photo. It found no face in tight crops that was not found without, and false ones.
    """
    if min(image.shape[:2]) < LEAST_SIDE:
        return []
    if max(image.shape[:2]) >= _ENLARGED:
        return [image]
    return [image, cv2.resize(image, None, fx=2.0, fy=2.0).astype(np.uint8, copy=False)]
