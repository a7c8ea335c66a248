"""Brings FaceMesh in without what it never uses here: no drawing, no chatter, no file in anybody's home folder."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np

from core.face.extras import extra, unusable

NAME = "mediapipe"
_DRAWING = ("matplotlib", "matplotlib.pyplot")


def face_mesh(side: int, most_faces: int, presence: float) -> Any:
    """FaceMesh for single pictures of this size; it has run once, because some machines fail only then."""
    os.environ.setdefault("GLOG_minloglevel", "2")
    with _undrawn():
        solution = extra("mediapipe.python.solutions.face_mesh", NAME)
    try:
        mesh = solution.FaceMesh(
            static_image_mode=True, max_num_faces=most_faces, refine_landmarks=True,
            min_detection_confidence=presence, min_tracking_confidence=presence,
        )  # fmt: skip
        mesh.process(np.zeros((side, side, 3), dtype=np.uint8))
    except (RuntimeError, OSError, ValueError) as error:
        raise unusable(NAME) from error
    return mesh


@contextmanager
def _undrawn() -> Iterator[None]:
    """Keeps matplotlib out, which FaceMesh's neighbours import for pictures that nobody draws.

    It would search the machine for fonts and write what it finds into the home folder.
    """
    absent = [name for name in _DRAWING if name not in sys.modules]
    sys.modules.update({name: ModuleType(name) for name in absent})
    if absent:
        setattr(sys.modules["matplotlib"], "pyplot", sys.modules["matplotlib.pyplot"])  # noqa: B010
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
