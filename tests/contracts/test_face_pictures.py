"""What every face engine takes for a picture: frames and files of every kind, and what is none is a sentence."""

import io
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from core.errors import BadInput, Refused
from core.face.matching import unpack
from core.face.types import Image
from tests.factories.kits import Kit, file_of

FRAMES: dict[str, Callable[[Image], object]] = {
    "grey": lambda image: image[:, :, 0],
    "grey with a channel": lambda image: image[:, :, :1],
    "with alpha": lambda image: np.dstack([image, np.full(image.shape[:2], 255, np.uint8)]),
    "16 bits": lambda image: image.astype(np.uint16) << 8,
    "reversed rows": lambda image: image[::-1][::-1],
    "columns first": np.asfortranarray,
    "8k": lambda image: cv2.resize(image, (5760, 7680)),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_an_odd_frame_shows_the_same_person(kit: Kit, kind: str) -> None:
    template = kit.candidates[0].templates[0]
    seen = kit.engine.observer.observe(FRAMES[kind](kit.person()), 0.0)  # type: ignore[arg-type]
    assert seen.faces == 1 and seen.vector is not None
    assert float(seen.vector @ unpack(template)) > (0.6 if "grey" in kind else 0.9)


NO_FRAMES: dict[str, object] = {
    "fractions": np.zeros((48, 64, 3), dtype=np.float32),
    "not a number": np.full((48, 64, 3), np.nan),
    "infinite": np.full((48, 64, 3), np.inf, dtype=np.float32),
    "yes and no": np.zeros((48, 64, 3), dtype=bool),
    "signed": np.zeros((48, 64, 3), dtype=np.int8),
    "two channels": np.zeros((48, 64, 2), dtype=np.uint8),
    "five channels": np.zeros((48, 64, 5), dtype=np.uint8),
    "a line": np.zeros(64, dtype=np.uint8),
    "a film": np.zeros((2, 48, 64, 3), dtype=np.uint8),
    "no rows": np.zeros((0, 64, 3), dtype=np.uint8),
    "no columns": np.zeros((48, 0, 3), dtype=np.uint8),
    "no channels": np.zeros((48, 64, 0), dtype=np.uint8),
    "far too big": np.broadcast_to(np.uint8(0), (9000, 9000, 3)),
    "nothing": None,
    "a list": [[1, 2, 3]],
    "bytes": b"\xff\xd8\xff",
}


@pytest.mark.parametrize("kind", NO_FRAMES)
def test_what_is_no_frame_is_a_sentence(kit: Kit, kind: str) -> None:
    with pytest.raises(BadInput) as caught:
        kit.engine.check_in([]).feed(NO_FRAMES[kind], 0.0)  # type: ignore[arg-type]
    assert caught.value.code == "face.bad_frame" and caught.value.hint


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    size=st.tuples(st.integers(1, 80), st.integers(1, 80)),
    channels=st.sampled_from([None, 1, 3, 4]),
    dtype=st.sampled_from([np.uint8, np.uint16]),
    seed=st.integers(0, 2**32 - 1),
)
def test_noise_of_any_shape_is_nobody(
    kit: Kit, size: tuple[int, int], channels: int | None, dtype: type[np.integer], seed: int
) -> None:
    shape = size if channels is None else (*size, channels)
    noise = np.random.default_rng(seed).integers(0, np.iinfo(dtype).max, shape, dtype)
    seen = kit.engine.observer.observe(noise, 0.0)  # type: ignore[arg-type]
    assert seen.vector is None or np.isfinite(seen.vector).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (16, 7680), (17, 60000)])
def test_a_frame_without_room_for_a_face_shows_nobody(kit: Kit, size: tuple[int, int]) -> None:
    """Asked for long enough, so that the camera's picture is looked at, too."""
    check = kit.engine.check_in(kit.candidates)
    for index in range(5):
        noise = np.random.default_rng(index).integers(0, 255, (*size, 3), np.uint8)
        assert check.feed(noise, float(index)).box is None


def test_portraits_of_every_kind_offile_of(kit: Kit) -> None:
    """Grey, CMYK, with alpha, 16 bits: the same person; one that is cut off ends in a sentence."""
    picture = Pillow.fromarray(kit.person()[:, :, ::-1])
    template = kit.candidates[0].templates[0]
    for mode, kind in (("L", "JPEG"), ("CMYK", "JPEG"), ("RGBA", "PNG"), ("L", "PNG"), ("P", "PNG")):
        file = io.BytesIO()
        picture.convert(mode).save(file, kind)
        assert kit.engine.score(kit.engine.enrol(file.getvalue()).picture, template) > 0.6, (mode, kind)
    deep = cv2.cvtColor(kit.person(), cv2.COLOR_BGR2GRAY).astype(np.uint16) * 257
    assert kit.engine.score(kit.engine.enrol(cv2.imencode(".png", deep)[1].tobytes()).picture, template) > 0.6
    whole = file_of(kit.person())
    for cut in (0, 2, 3, 100, len(whole) // 2, len(whole) - 10):
        with pytest.raises(Refused) as caught:
            kit.engine.enrol(whole[:cut])
        assert caught.value.hint
