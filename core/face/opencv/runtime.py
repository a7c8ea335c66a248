"""OpenCV as these programs use it: two threads, no chatter, networks from checked bytes."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

THREADS = 2
"""A kiosk has two cores; more threads would only wait for each other."""

_CLASSIC = 1
"""OpenCV's classic engine: the mesh runs three times faster on it, and the recogniser only on the new one."""


def prepare() -> None:
    """Sets the process-wide switches; calling it again changes nothing."""
    cv2.setNumThreads(THREADS)
    # Loading a network warns about targets that nobody asked for.
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)


def buffer(data: bytes) -> NDArray[np.uint8]:
    """Bytes as OpenCV takes them."""
    return np.frombuffer(data, dtype=np.uint8)


def onnx_network(data: bytes) -> cv2.dnn.Net:
    """A network from an ONNX file's bytes."""
    prepare()
    return cv2.dnn.readNetFromONNX(buffer(data))


def tflite_network(path: Path) -> cv2.dnn.Net:
    """A network from a TFLite file; from bytes OpenCV 5.0 would ignore the choice of engine and lose an output."""
    prepare()
    return cv2.dnn.readNetFromTFLite(str(path), _CLASSIC)
