"""Recognition on a part of the public pairs: sane, not a score. The figures are bench/face.py's."""

import csv
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from core.face.engine import FaceEngine
from core.face.types import Vector

FindFile = Callable[[str], Path]
EVERY = 9


def test_pairs_of_the_same_person_are_alike_and_strangers_are_not(data_file: FindFile) -> None:
    engine, folder = FaceEngine.shipped(), data_file("faces/lfw")

    def vector(name: str) -> Vector:
        image = np.asarray(cv2.imread(str(folder / name)), dtype=np.uint8)
        seen = engine.observer.observe(image, 0.0).vector
        return np.zeros(128, dtype=np.float32) if seen is None else seen

    with data_file("faces/lfw_pairs.csv").open(encoding="utf-8") as rows:
        pairs = list(csv.DictReader(rows))[::EVERY]
    same = [float(vector(p["file_a"]) @ vector(p["file_b"])) for p in pairs if p["same"] == "1"]
    others = [float(vector(p["file_a"]) @ vector(p["file_b"])) for p in pairs if p["same"] == "0"]
    assert len(same) >= 45 and len(others) >= 45
    accept = engine.calibration.accept(20)
    assert max(others) < accept
    assert sum(score >= accept for score in same) >= 0.94 * len(same)
