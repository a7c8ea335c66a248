"""What one would take without this project: plain YuNet + SFace, and dlib's recogniser; for comparison only."""

import importlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from core.errors import DomainError
from core.face.opencv.align import aligned
from core.face.opencv.runtime import onnx_network
from core.face.opencv.yunet import YuNet
from core.face.tool.pictures import read_photo
from core.face.types import Image, Vector
from core.face.weights import SFACE, read

Identify = Callable[[Image], Vector | None]


@dataclass(frozen=True, slots=True)
class Seen:
    """Vectors of photos by file, None where no face is found, and milliseconds for each photo with one."""

    vectors: dict[str, Vector | None]
    ms: list[float]


def look(identify: Identify, root: Path, files: Iterable[str]) -> Seen:
    """Looks at each photo once, on one thread."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    seen = Seen({}, [])
    for file in dict.fromkeys(files):
        try:
            image = read_photo(root / file)
        except DomainError:
            seen.vectors[file] = None
            continue
        begun = time.perf_counter()
        seen.vectors[file] = vector = identify(image)
        if vector is not None:
            seen.ms.append((time.perf_counter() - begun) * 1000)
    cv2.setNumThreads(threads)
    return seen


def plain() -> Identify:
    """The detector's biggest face, laid by the detector's five points, seen once."""
    detector, network = YuNet(), onnx_network(read(SFACE))

    def identify(image: Image) -> Vector | None:
        faces = detector.detect(image)
        if not faces:
            return None
        picture = aligned(image, faces[0].points)
        network.setInput(cv2.dnn.blobFromImage(picture, swapRB=True), "data")
        return _unit(network.forward())

    return identify


def dlib() -> Identify | None:
    """Its own detector (the photo enlarged once), five points and ResNet; None where it is not installed."""
    try:
        library: Any = importlib.import_module("dlib")
        models: Any = importlib.import_module("face_recognition_models")
    except ImportError:
        return None
    folder = Path(models.__file__).parent / "models"
    detector = library.get_frontal_face_detector()
    points = library.shape_predictor(str(folder / "shape_predictor_5_face_landmarks.dat"))
    network = library.face_recognition_model_v1(str(folder / "dlib_face_recognition_resnet_model_v1.dat"))

    def identify(image: Image) -> Vector | None:
        picture = np.ascontiguousarray(image[:, :, ::-1])
        faces = detector(picture, 1)
        if not faces:
            return None
        face = max(faces, key=lambda one: one.area())
        # Not of unit length: it is compared by distance, which for these is nearly the same order.
        return _unit(network.compute_face_descriptor(picture, points(picture, face)))

    return identify


def _unit(values: Any) -> Vector:
    vector = np.asarray(values, dtype=np.float32).ravel()
    return (vector / np.linalg.norm(vector)).astype(np.float32)
