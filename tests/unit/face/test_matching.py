"""Likeness, thresholds, templates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.face.matching import ACCEPT, MARGIN, best, cosine, mean, pack, unpack
from core.face.types import Candidate, Template, Vector


def _vector(seed: int) -> Vector:
    values = np.random.default_rng(seed).standard_normal(128)
    return (values / np.linalg.norm(values)).astype(np.float32)


def _near(vector: Vector, likeness: float, seed: int) -> Vector:
    """A vector whose cosine to the given one is this."""
    other = _vector(seed)
    other = other - vector * float(other @ vector)
    other /= np.linalg.norm(other)
    return (vector * likeness + other * np.sqrt(1 - likeness**2)).astype(np.float32)


def _candidate(name: str, vector: Vector, model: str = "m") -> Candidate:
    return Candidate(name, (pack(model, [vector]),))


@given(st.integers(0, 10_000))
def test_a_template_comes_back_as_it_was_packed(seed: int) -> None:
    vector = _vector(seed)
    assert cosine(unpack(pack("m", [vector])), vector) == pytest.approx(1.0, abs=1e-6)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=8))
def test_a_mean_has_unit_length(seeds: list[int]) -> None:
    assert float(np.linalg.norm(mean([_vector(seed) for seed in seeds]))) == pytest.approx(1.0, abs=1e-5)


def test_the_nearest_of_the_candidates_wins_if_he_is_near_enough() -> None:
    face = _vector(1)
    found = best(face, [_candidate("a", _near(face, ACCEPT + 0.05, 2)), _candidate("b", _vector(3))], "m")
    assert found is not None and found.accepted and found.person_id == "a"


def test_just_below_the_threshold_is_unknown() -> None:
    face = _vector(1)
    found = best(face, [_candidate("a", _near(face, ACCEPT - 0.01, 2))], "m")
    assert found is not None and not found.accepted and found.reason == "unknown"


def test_two_candidates_too_near_one_another_are_ambiguous() -> None:
    face = _vector(1)
    people = [_candidate("a", _near(face, 0.6, 2)), _candidate("b", _near(face, 0.6 - MARGIN / 2, 3))]
    found = best(face, people, "m")
    assert found is not None and not found.accepted and found.reason == "ambiguous"


def test_two_templates_of_one_person_are_not_ambiguous() -> None:
    face = _vector(1)
    both = Candidate("a", (pack("m", [_near(face, 0.6, 2)]), pack("m", [_near(face, 0.59, 3)])))
    found = best(face, [both], "m")
    assert found is not None and found.accepted


def test_templates_of_another_model_are_not_compared() -> None:
    face = _vector(1)
    assert best(face, [_candidate("a", face, model="older")], "m") is None
    assert best(face, [], "m") is None


@pytest.mark.parametrize(
    "data",
    [b"", b"x" * 511, b"\0" * 512, np.full(128, np.nan, "<f4").tobytes(), np.full(128, 1, "<f4").tobytes()],
)
def test_a_broken_template_is_told(data: bytes) -> None:
    with pytest.raises(BadInput):
        unpack(Template("m", data))


def test_a_template_of_no_photo_is_told() -> None:
    with pytest.raises(BadInput):
        pack("m", [])
