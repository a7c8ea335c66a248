"""Pictures that people hand in."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from core.errors import Refused
from core.face import images


def _noise(width: int, height: int, seed: int = 1) -> Pillow.Image:
    values = np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)
    return Pillow.fromarray(values)


def _file(picture: Pillow.Image, kind: str = "JPEG", **more: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **more)  # type: ignore[arg-type]
    return out.getvalue()


def _refused(data: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        images.portrait(data)
    assert caught.value.rule == "B-2" and caught.value.sentence and caught.value.hint
    return caught.value


@pytest.mark.rule("B-2")
def test_a_big_portrait_becomes_small() -> None:
    """JPEG or PNG, at least 480×640, at most 10 MB, re-encoded to at most 1080×1440 and about 160 kB."""
    smooth = Pillow.effect_noise((2400, 3200), 40).resize((2400, 3200)).convert("RGB")
    kept, pixels = images.portrait(_file(smooth, quality=60))
    assert pixels.shape == (1440, 1080, 3)
    assert Pillow.open(io.BytesIO(kept)).size == (1080, 1440)
    small, _ = images.portrait(_file(Pillow.new("RGB", (600, 800), (90, 80, 70)), "PNG"))
    assert len(small) < images.PORTRAIT_BYTES


@pytest.mark.rule("B-2")
def test_exif_is_removed_after_it_turned_the_picture() -> None:
    """EXIF removed"""
    exif = Pillow.Exif()
    exif[0x0112], exif[0x010E] = 6, "secret place"
    kept, pixels = images.portrait(_file(_noise(800, 600), exif=exif))
    assert pixels.shape[:2] == (800, 600)
    assert not Pillow.open(io.BytesIO(kept)).getexif() and b"secret" not in kept


@pytest.mark.rule("B-2")
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "image.kind"),
        (b"GIF89a" + b"\0" * 100, "image.kind"),
        ("这不是照片".encode(), "image.kind"),
        (b"%PDF-1.7 portrait.jpg", "image.kind"),
        (b"\xff\xd8\xff" + b"\0" * 200, "image.broken"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 200, "image.broken"),
        (b"\xff\xd8\xff" + b"\0" * images.MOST_BYTES, "image.heavy"),
    ],
)
def test_a_photo_that_is_no_photo_is_a_sentence(data: bytes, code: str) -> None:
    """Judged by content, not by name"""
    assert _refused(data).code == code


def test_a_cut_off_photo_is_broken() -> None:
    data = _file(_noise(800, 1000))
    assert _refused(data[: len(data) // 2]).code == "image.broken"


@pytest.mark.rule("B-2")
def test_too_small_is_told_with_its_size() -> None:
    """At least 480×640"""
    assert "479×640" in _refused(_file(_noise(479, 640))).sentence
    assert _refused(_file(_noise(480, 639))).code == "image.small"
    images.portrait(_file(_noise(480, 640)))
    images.portrait(_file(_noise(640, 480)))


def test_a_small_file_that_unfolds_into_a_huge_picture_is_not_unfolded() -> None:
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    body = struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    data = b"IDAT" + zlib.compress(b"\0" * 100)
    body += struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    assert _refused(b"\x89PNG\r\n\x1a\n" + body).code in ("image.huge", "image.broken")


@given(st.binary(max_size=400))
def test_no_bytes_are_anything_but_a_photo_or_a_sentence(data: bytes) -> None:
    for start in (b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"):
        _refused(start + data)


@pytest.mark.rule("B-2")
def test_a_sharp_document_is_kept_and_a_blurred_one_refused() -> None:
    """re-encoded to at most 2,400 px … sharpness checked"""
    kept = images.document(_file(_noise(3000, 2000)))
    assert max(Pillow.open(io.BytesIO(kept)).size) == 2400
    with pytest.raises(Refused, match="模糊"):
        images.document(_file(Pillow.new("RGB", (1000, 700), (200, 200, 200))))
    with pytest.raises(Refused, match="像素"):
        images.document(_file(_noise(300, 300)))


@pytest.mark.rule("B-2")
def test_deep_and_transparent_pictures_are_taken_as_people_see_them() -> None:
    """A portrait is a JPEG or PNG: sixteen bits are scaled and not cut off, and what nobody sees is not uncovered."""
    grey = np.tile(np.linspace(0, 65535, 640, dtype=np.uint16), (480, 1))
    seen = images.portrait(_file(Pillow.fromarray(grey), "PNG"))[1][:, :, 0].astype(int)
    assert np.abs(seen - grey // 257).mean() < 3
    hidden = _noise(480, 640).convert("RGBA")
    hidden.putalpha(0)
    assert images.portrait(_file(hidden, "PNG"))[1].min() > 250
