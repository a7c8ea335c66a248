"""Photos of any origin as pixels: turned upright, on white, in eight bits; half a photo is none."""

import io
import logging
import warnings
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps

from core.errors import BadInput
from core.face.images import MOST_PIXELS
from core.face.plain import eight_bits
from core.face.types import Image

SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".gif", ".ppm", ".pgm")
_KINDS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP", "GIF", "PPM")
logging.getLogger("PIL").setLevel(logging.CRITICAL)  # what it finds odd on the way is told by the outcome
_HINT = "请换一张完整的 JPEG 或 PNG 照片。"


def read_bytes(path: Path) -> bytes:
    """A file's bytes: read by Python, because OpenCV's own reading knows no Chinese paths on Windows."""
    try:
        return path.read_bytes()
    except OSError:
        raise BadInput("face.file_absent", "文件不存在或无法读取。", "请检查文件位置和读取权限。") from None


def read_photo(path: Path) -> Image:
    """The photo in a file."""
    return decoded(read_bytes(path))


def decoded(data: bytes) -> Image:
    """The photo in these bytes, height × width × 3, blue-green-red; anything else is refused with a sentence."""
    Pillow.init()  # or kinds that it has not loaded yet are unknown to it by name
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Pillow.open(io.BytesIO(data), formats=_KINDS) as picture,
        ):
            if picture.width * picture.height > MOST_PIXELS:
                raise BadInput("image.huge", "照片的像素过多。", _HINT)
            upright = ImageOps.exif_transpose(picture)
            red_first = np.asarray(eight_bits(upright).convert("RGB"), dtype=np.uint8)
    except (OSError, SyntaxError, ValueError, EOFError, OverflowError, Pillow.DecompressionBombError):
        # Pillow tells the many ways of being broken by these; to who measures they are all one.
        raise BadInput("image.broken", "不是照片，或照片已损坏。", _HINT) from None
    return np.ascontiguousarray(red_first[:, :, ::-1])
