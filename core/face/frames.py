"""The one door for camera frames: whatever comes in is a picture as the models want it, or a sentence."""

from typing import Any

import numpy as np

from core.errors import BadInput
from core.face.images import MOST_PIXELS
from core.face.types import Image

LEAST_SIDE = 16
"""A smaller frame has no room for a face; it is a picture all the same, with nobody in it."""


def frame(image: Any) -> Image:
    """Height × width × 3, blue-green-red, 8 bits; grey, alpha and 16 bits are brought to that.

    Raises ``BadInput`` for anything else: numbers with a fraction may go from 0 to 1 or to 255, and a guess would be
    a picture of something else.
    """
    if not isinstance(image, np.ndarray) or image.dtype.newbyteorder("=") not in (np.uint8, np.uint16):
        raise _no("每个像素应为 8 位或 16 位整数")
    if image.ndim == 2:
        image = image[:, :, None]
    if image.ndim != 3 or image.shape[2] not in (1, 3, 4):
        raise _no("应为灰度、彩色或带透明通道的画面")
    height, width, channels = image.shape
    if not height or not width:
        raise _no("画面是空的")
    if height * width > MOST_PIXELS:
        raise _no(f"{width}×{height} 像素过多")
    if image.dtype.itemsize == 2:
        image = (image >> 8).astype(np.uint8)
    if channels == 1:
        image = np.repeat(image, 3, axis=2)
    return np.ascontiguousarray(image[:, :, :3])


def _no(what: str) -> BadInput:
    hint = "请检查摄像头及其设置后重试；没有记录任何结果。"
    return BadInput("face.bad_frame", f"摄像头的画面无法使用：{what}。", hint)
