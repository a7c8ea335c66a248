"""The interface of recognisers, and the one way from a network's numbers to an identity."""

from typing import Protocol

import numpy as np

from core.errors import DomainError
from core.face.types import Detection, Image, Landmarks, Numbers, Vector


class Recogniser(Protocol):
    """Turns a face into an identity vector."""

    @property
    def version(self) -> str:
        """Name and version of model and alignment: templates of different versions can't be compared."""

    @property
    def size(self) -> int:
        """How many numbers an identity has."""

    @property
    def files(self) -> dict[str, str]:
        """What evidence names beside the version: files that an operator supplied, each with its SHA-256."""

    def vector(self, image: Image, face: Detection, landmarks: Landmarks) -> Vector:
        """The identity, ``size`` numbers of unit length."""


def unit(values: Numbers) -> Vector:
    """These numbers as an identity of unit length; a network that gives none must not make one that matches."""
    flat = np.asarray(values, dtype=np.float64).ravel()
    length = float(np.linalg.norm(flat))
    if not (np.isfinite(length) and length > 0):
        raise DomainError(
            "face.no_vector",
            "人脸识别模型没有给出可用的结果。",
            "请检查或更换模型文件后重新启动；没有记录任何结果。",
        )
    vector: Vector = (flat / length).astype(np.float32)
    return vector
