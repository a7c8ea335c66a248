"""Whatever a camera hands over is a picture as the models want it, or a sentence: nothing third."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.errors import BadInput
from core.face.frames import frame

KINDS = st.one_of(
    arrays.integer_dtypes(), arrays.unsigned_integer_dtypes(), arrays.floating_dtypes(), arrays.boolean_dtypes(),
    arrays.complex_number_dtypes(), arrays.byte_string_dtypes(max_len=4), arrays.datetime64_dtypes(),
)  # fmt: skip
SHAPES = arrays.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=6)


@given(KINDS.flatmap(lambda kind: arrays.arrays(kind, SHAPES)))
def test_a_frame_is_a_picture_or_a_sentence(image: np.ndarray) -> None:
    try:
        found = frame(image)
    except BadInput as error:
        assert error.code == "face.bad_frame" and error.hint
        return
    assert found.dtype == np.uint8 and found.shape == (*image.shape[:2], 3)
    assert found.flags.c_contiguous and found.size
    assert image.dtype.newbyteorder("=") in (np.uint8, np.uint16)


@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))))
def test_a_picture_stays_what_it_is_and_is_not_copied(image: np.ndarray) -> None:
    assert frame(image) is image or np.shares_memory(frame(image), image)
    assert np.array_equal(frame(image), image)
    deeper = image.astype(np.uint16) * 257
    assert np.array_equal(frame(deeper), image)
    assert np.array_equal(frame(deeper.astype(">u2")), image)
    assert np.array_equal(frame(np.dstack([image, image[:, :, :1]])), image)
    assert np.array_equal(frame(image[:, :, 1]), np.repeat(image[:, :, 1:2], 3, axis=2))


@pytest.mark.parametrize("thing", [None, 3, "picture", b"picture", [[0]], object()])
def test_what_is_no_array_is_a_sentence(thing: object) -> None:
    with pytest.raises(BadInput):
        frame(thing)
