"""The faces of the demo: photographs that installed packages carry, made into portraits and camera pictures."""

import importlib.util
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

WIDTH, HEIGHT = 600, 800
FRAMES = 6
"""Pictures in a camera folder; always as many, so that every one of them is replaced by the next person's."""
SAID = (
    "演示中的人像取自已安装软件包自带的测试照片（scikit-image 的 astronaut，insightface 的 t1），"
    "经裁剪、放大、旋正、轻微拉伸和明暗变化；姓名、证书和机构均为虚构，与照片中的人无关。"
)
_SWITCH_S = 5.0


@dataclass(frozen=True, slots=True)
class Face:
    """Where a face is in a picture of a package, and how it is set upright."""

    package: str
    file: str
    centre: tuple[int, int]
    width: int
    turn: float = 0.0
    stretch: float = 1.0


ZHOU = Face("skimage", "data/astronaut.png", (223, 118), 95)
LIN = Face("insightface", "data/images/t1.jpg", (1178, 330), 120, 4.0, 1.3)
GU = Face("insightface", "data/images/t1.jpg", (112, 330), 130, -24.0, 1.18)
STRANGER = Face("insightface", "data/images/t1.jpg", (517, 340), 130, 8.0, 1.3)
WALL = ("skimage", "data/brick.png")
"""What the demo photographs as a fault."""


def carried(package: str, file: str) -> Any:
    """A picture that an installed package carries; found without importing the package."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"演示需要软件包 {package} 自带的照片，请先运行 python3 run.py setup")
    data = np.frombuffer((Path(spec.origin).parent / file).read_bytes(), np.uint8)
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def portrait(face: Face, *, light: int = 0, shift: tuple[float, float] = (0.0, 0.0)) -> Any:
    """The face upright and enlarged in a picture of 600 × 800; ``shift`` in pixels of the result."""
    (x, y), scale = face.centre, WIDTH / (face.width * 2.3)
    turned = np.vstack([cv2.getRotationMatrix2D((x, y), face.turn, 1.0), (0, 0, 1)])
    placed = np.array(
        [
            [scale, 0, WIDTH / 2 - scale * x + shift[0]],
            [0, scale * face.stretch, 0.41 * HEIGHT - scale * face.stretch * y + shift[1]],
            [0, 0, 1],
        ]
    )
    picture = cv2.warpAffine(
        carried(face.package, face.file), (placed @ turned)[:2], (WIDTH, HEIGHT),
        flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    # Not convertScaleAbs: it makes what would be darker than black light again.
    return np.clip(picture.astype(np.int16) + light, 0, 255).astype(np.uint8)


def before_the_camera(face: Face) -> list[Any]:
    """Some pictures as a camera might take them: a little to and fro, a little lighter and darker."""
    steps = [(0, 0, 0), (3, 2, 4), (-2, 3, -4), (4, -3, 6), (-4, -2, -6), (1, 4, 2)]
    return [portrait(face, light=light, shift=(x, y)) for x, y, light in steps[:FRAMES]]


def still(face: Face) -> list[Any]:
    """A photograph held before the camera: the same picture again and again."""
    return [portrait(face, light=2)] * FRAMES


def wall() -> list[Any]:
    """Something to photograph that is no face."""
    picture = cv2.resize(carried(*WALL), (960, 720), interpolation=cv2.INTER_CUBIC)
    return [picture] * FRAMES


def jpeg(picture: Any) -> bytes:
    """A picture as a file's bytes."""
    good, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 92])
    if not good:
        raise ValueError("the picture could not be encoded")
    return bytes(data)


def show(folder: Path, pictures: Sequence[Any]) -> None:
    """Puts pictures into a camera's folder in place of those that are there; the camera never finds a half one."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, picture in enumerate(pictures):
        fresh = folder / f"{number}.new"
        fresh.write_bytes(jpeg(picture))
        _replace(fresh, folder / f"{number}.jpg")


def _replace(fresh: Path, old: Path) -> None:
    """Renames; Windows refuses while the camera is just reading the old picture."""
    end = time.monotonic() + _SWITCH_S
    while True:
        try:
            fresh.replace(old)
            return
        except PermissionError:
            if os.name != "nt" or time.monotonic() > end:
                raise
            time.sleep(0.02)
