"""Photos of any origin: whatever can be a picture becomes eight bits in three colours, the rest a sentence."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from core.errors import BadInput
from core.face.tool.pictures import decoded, read_photo

RED = (200, 40, 10)


def _file(picture: Pillow.Image, kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **more)  # type: ignore[arg-type]
    return out.getvalue()


def _plain(mode: str = "RGB") -> Pillow.Image:
    return Pillow.new("RGB", (40, 30), RED).convert(mode)


@pytest.mark.parametrize(("mode", "kind"), [
    ("RGB", "JPEG"), ("CMYK", "JPEG"), ("RGB", "PNG"), ("RGBA", "PNG"), ("P", "PNG"), ("RGB", "BMP"),
    ("RGB", "TIFF"), ("CMYK", "TIFF"), ("RGB", "WEBP"), ("P", "GIF"), ("RGB", "PPM"),
])  # fmt: skip
def test_every_kind_shows_the_same_red(mode: str, kind: str) -> None:
    image = decoded(_file(_plain(mode), kind))
    assert image.shape == (30, 40, 3) and image.dtype == np.uint8 and image.flags["C_CONTIGUOUS"]
    assert np.abs(image[15, 20].astype(int) - RED[::-1]).max() <= 12


@pytest.mark.parametrize("mode", ["L", "1", "LA"])
def test_grey_becomes_three_equal_colours(mode: str) -> None:
    image = decoded(_file(Pillow.new("L", (9, 7), 255).convert(mode), "PNG"))
    assert image.shape == (7, 9, 3) and (image == 255).all()


def test_sixteen_bits_are_scaled_and_not_cut_off() -> None:
    ramp = np.linspace(0, 65_535, 256).astype(np.uint16)[None, :].repeat(4, axis=0)
    for kind in ("PNG", "TIFF"):
        image = decoded(_file(Pillow.fromarray(ramp), kind))
        assert np.array_equal(image[0, :, 0], np.arange(256))


def test_floating_point_pictures_lose_what_is_no_number() -> None:
    values = np.array([[0.0, 0.5, 1.0, np.nan, np.inf]], dtype=np.float32)
    assert decoded(_file(Pillow.fromarray(values), "TIFF"))[0, :, 1].tolist() == [0, 128, 255, 0, 0]


def test_what_is_transparent_is_white() -> None:
    assert (decoded(_file(Pillow.new("RGBA", (5, 5), (*RED, 0)), "PNG")) == 255).all()


def test_a_photo_taken_upright_is_upright() -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    assert decoded(_file(_plain(), "JPEG", exif=exif)).shape == (40, 30, 3)


def test_one_pixel_is_a_picture() -> None:
    assert decoded(_file(Pillow.new("RGB", (1, 1)), "PNG")).shape == (1, 1, 3)


def test_a_chinese_path_with_spaces_is_read(tmp_path: Path) -> None:
    path = tmp_path / "张 三" / "照片 一.jpg"
    path.parent.mkdir()
    path.write_bytes(_file(_plain(), "JPEG"))
    assert read_photo(path).shape == (30, 40, 3)
    for absent in (tmp_path / "none.jpg", path.parent):
        with pytest.raises(BadInput, match=r"face\.file_absent"):
            read_photo(absent)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "BMP"])
def test_half_a_photo_is_none(kind: str) -> None:
    noise = Pillow.fromarray(np.random.default_rng(1).integers(0, 255, (60, 80, 3), dtype=np.uint8))
    whole = _file(noise, kind)
    for cut in (len(whole) // 2, 30, 0):
        with pytest.raises(BadInput) as caught:
            decoded(whole[:cut])
        assert caught.value.sentence and caught.value.hint


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0"]),
)
def test_no_bytes_are_anything_but_a_photo_or_a_sentence(data: bytes, start: bytes) -> None:
    _photo_or_sentence(start + data)


@given(st.sampled_from(("JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF", "PPM")), st.data())
def test_a_damaged_photo_is_a_photo_or_a_sentence(kind: str, drawn: st.DataObject) -> None:
    data = bytearray(_file(_plain(), kind))
    for _ in range(drawn.draw(st.integers(1, 6))):
        data[drawn.draw(st.integers(0, len(data) - 1))] = drawn.draw(st.integers(0, 255))
    _photo_or_sentence(bytes(data))


def _photo_or_sentence(data: bytes) -> None:
    try:
        image = decoded(data)
    except BadInput:
        return
    assert image.ndim == 3 and image.shape[2] == 3 and image.dtype == np.uint8
