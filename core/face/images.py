"""Pictures that people hand in (B-2): judged by content, made small, freed of everything that is not picture."""

import io

import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from core.errors import Refused
from core.face.plain import eight_bits
from core.face.types import Image

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 60_000_000
"""More than any camera of today; a small file that unfolds into more is an attack."""
LEAST = (480, 640)
PORTRAIT_MOST = (1080, 1440)
DOCUMENT_MOST = 2400
PORTRAIT_BYTES = 160 * 1024
_KINDS = {"JPEG": b"\xff\xd8\xff", "PNG": b"\x89PNG\r\n\x1a\n"}
_QUALITIES = (90, 84, 78, 70, 62, 54, 46)
_LEAST_EDGES = 4.0
"""Step between neighbouring pixels at the strongest edges, at 1,000 px: photographed papers show 9 and more,
the same blurred by 0.3 % of their width, which makes the text unreadable, 3.2 at most."""


def portrait(data: bytes) -> tuple[bytes, Image]:
    """A portrait as it is kept (JPEG without EXIF, at most 1080 × 1440, about 160 kB), and its pixels."""
    picture = _opened(data)
    short, long = sorted(picture.size)
    if short < LEAST[0] or long < LEAST[1]:
        raise _no(
            "image.small",
            f"照片只有 {picture.width}×{picture.height} 像素。",
            "请提供至少 480×640 像素的原图。",
        )
    kept = _small(picture)
    return kept, pixels(kept)


def photo(data: bytes) -> tuple[bytes, Image]:
    """A photo of any size that somebody sent, as portraits are kept, and its pixels."""
    kept = _small(_opened(data))
    return kept, pixels(kept)


def document(data: bytes) -> bytes:
    """A licence, ID card or certificate as it is kept: JPEG without EXIF, at most 2,400 px, sharp enough to read."""
    picture = _opened(data)
    if min(picture.size) < LEAST[0]:
        raise _no("image.small", f"照片只有 {picture.width}×{picture.height} 像素。", "请靠近证件重新拍摄。")
    picture.thumbnail((DOCUMENT_MOST, DOCUMENT_MOST), Pillow.Resampling.LANCZOS)
    if _edges(picture) < _LEAST_EDGES:
        raise _no("image.blurred", "证件照片模糊，文字无法辨认。", "请拿稳手机、对准证件后重新拍摄。")
    return _jpeg(picture, 85)


def view(data: bytes) -> Image:
    """The pixels of a picture of any size that somebody sent; ``Refused`` for what is none."""
    return np.ascontiguousarray(np.asarray(_opened(data), dtype=np.uint8)[:, :, ::-1])


def pixels(jpeg: bytes) -> Image:
    """The pixels of a picture that was taken in before, as the models want them."""
    with Pillow.open(io.BytesIO(jpeg)) as picture:
        return np.ascontiguousarray(np.asarray(picture.convert("RGB"), dtype=np.uint8)[:, :, ::-1])


def encoded(image: Image, longest: int, quality: int = 85) -> bytes:
    """Camera pixels as a JPEG of at most this size."""
    picture = Pillow.fromarray(np.ascontiguousarray(image[:, :, ::-1]))
    picture.thumbnail((longest, longest), Pillow.Resampling.BILINEAR)
    return _jpeg(picture, quality)


def _opened(data: bytes) -> Pillow.Image:
    if len(data) > MOST_BYTES:
        raise _no("image.heavy", "照片超过 10 MB。", "请压缩后重新选择照片。")
    if not any(data.startswith(magic) for magic in _KINDS.values()):
        raise _no("image.kind", "这个文件不是 JPEG 或 PNG 照片。", "请选择 JPEG 或 PNG 格式的照片。")
    try:
        with Pillow.open(io.BytesIO(data), formats=tuple(_KINDS)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _no("image.huge", "照片的像素过多。", "请用手机或相机直接拍摄的照片。")
            return eight_bits(ImageOps.exif_transpose(picture)).convert("RGB")
    except (OSError, UnidentifiedImageError, SyntaxError, ValueError, Pillow.DecompressionBombError):
        # Pillow tells the many ways of being broken by these; to the person they are all one.
        raise _no("image.broken", "照片已损坏，无法打开。", "请重新拍摄或重新选择照片。") from None


def _jpeg(picture: Pillow.Image, quality: int) -> bytes:
    out = io.BytesIO()
    # A new picture carries the pixels only: no EXIF, no place, no comment, no profile.
    Pillow.fromarray(np.asarray(picture)).save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _small(picture: Pillow.Image) -> bytes:
    upright = picture.height >= picture.width
    picture.thumbnail(PORTRAIT_MOST if upright else PORTRAIT_MOST[::-1], Pillow.Resampling.LANCZOS)
    jpegs = (_jpeg(picture, quality) for quality in _QUALITIES)
    return next((one for one in jpegs if len(one) <= PORTRAIT_BYTES), None) or _jpeg(picture, _QUALITIES[-1])


def _edges(picture: Pillow.Image) -> float:
    small = picture.convert("L")
    small.thumbnail((1000, 1000), Pillow.Resampling.BILINEAR)
    grey = np.asarray(small, dtype=np.float32)
    steps = np.abs(np.diff(grey, axis=1))
    return float(np.quantile(steps, 0.99)) / 4


def _no(code: str, sentence: str, hint: str) -> Refused:
    return Refused(code, sentence, hint, rule="B-2")
