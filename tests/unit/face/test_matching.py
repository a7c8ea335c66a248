"""Likeness, thresholds, templates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.face.calibration import Basis, Calibration, Step
from core.face.matching import MARGIN, Gallery, cosine, mean, pack, unpack
from core.face.types import Candidate, Match, Template, Vector

ACCEPT = 0.45
LEVELS = Calibration(
    model="m",
    steps=(
        Step(candidates=20, accept=ACCEPT, fpir_aimed=0.001, fnir=0.01),
        Step(candidates=300, accept=0.47, fpir_aimed=0.01, fnir=0.01),
    ),
    same=0.42,
    typical=0.1,
    basis=Basis(data="drawn", people=1, own=1, strangers=1, photos=1),
)


def _vector(seed: int) -> Vector:
    values = np.random.default_rng(seed).standard_normal(128)
    return (values / np.linalg.norm(values)).astype(np.float32)


def _near(vector: Vector, likeness: float, seed: int) -> Vector:
    """A vector whose cosine to the given one is this."""
    other = _vector(seed)
    other = other - vector * float(other @ vector)
    other /= np.linalg.norm(other)
    return (vector * likeness + other * np.sqrt(1 - likeness**2)).astype(np.float32)


def best(face: Vector, candidates: list[Candidate], model: str) -> Match | None:
    assert model == LEVELS.model
    return Gallery(candidates, LEVELS, len(face)).best(face)


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
    [
        b"",
        b"x" * 511,
        b"\0" * 512,
        b"\0" * 4,
        np.full(128, np.nan, "<f4").tobytes(),
        np.full(128, 1, "<f4").tobytes(),
    ],
)
def test_a_broken_template_is_told(data: bytes) -> None:
    with pytest.raises(BadInput):
        unpack(Template("m", data))


def test_a_template_of_no_photo_is_told() -> None:
    with pytest.raises(BadInput):
        pack("m", [])


def test_whose_templates_are_of_another_model_is_named() -> None:
    face = _vector(1)
    people = [_candidate("a", face, model="older"), _candidate("b", _near(face, 0.7, 2))]
    gallery = Gallery(people, LEVELS, 128)
    assert gallery.stale == ("a",) and len(gallery) == 1
    found = gallery.best(face)
    assert found is not None and found.person_id == "b" and found.accepted


DAMAGED = [
    b"",
    b"x" * 511,
    b"\0" * 512,
    np.full(128, np.nan, "<f4").tobytes(),
    np.full(128, 1, "<f4").tobytes(),
    np.eye(1, 64, dtype="<f4").tobytes(),
    np.eye(1, 512, dtype="<f4").tobytes(),
]


@given(st.lists(st.sampled_from([None, *DAMAGED]), max_size=8), st.booleans())
def test_one_persons_damaged_template_is_nobody_elses(others: list[bytes | None], twice: bool) -> None:
    """Whatever lies in the rows of the others, and in a second one of his own: he is found, and they are named."""
    face = _vector(1)
    own = (pack("m", [_near(face, 0.7, 2)]), *((Template("m", DAMAGED[-2]),) if twice else ()))
    people = [
        _candidate(str(n), _vector(10 + n)) if data is None else Candidate(str(n), (Template("m", data),))
        for n, data in enumerate(others)
    ]
    gallery = Gallery([*people, Candidate("a", own)], LEVELS, 128)
    found = gallery.best(face)
    assert found is not None and found.accepted and found.person_id == "a"
    assert gallery.stale == tuple(str(n) for n, data in enumerate(others) if data is not None)
    nobody = Gallery([Candidate("b", (Template("m", DAMAGED[-2]),))], LEVELS, 128)
    assert nobody.best(face) is None and nobody.stale == ("b",)


def test_more_candidates_ask_for_more_likeness() -> None:
    face = _vector(1)
    few = [_candidate("a", _near(face, 0.46, 2)), *(_candidate(str(n), _vector(n)) for n in range(10, 20))]
    many = [*few, *(_candidate(str(n), _vector(n)) for n in range(20, 60))]
    assert best(face, few, "m").accepted  # type: ignore[union-attr]
    refused = best(face, many, "m")
    assert refused is not None and refused.reason == "unknown"


@given(st.integers(1, 300), st.floats(-0.5, 0.5), st.integers(0, 1_000))
def test_a_likeness_is_the_same_in_a_gallery_of_any_size(people: int, common: float, seed: int) -> None:
    """However like or unlike everybody a picture is: thresholds were found on likenesses as they are."""
    face = _vector(seed)
    rows = [_near(face, common, seed + 1 + n) for n in range(people)]
    found = best(face, [_candidate(str(n), row) for n, row in enumerate(rows)], "m")
    assert found is not None
    assert found.score == pytest.approx(max(cosine(face, row) for row in rows), abs=1e-5)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=12, unique=True), st.integers(0, 30))
def test_the_gallery_finds_whom_a_look_at_each_would_find(people: list[int], probe: int) -> None:
    candidates = [
        Candidate(str(n), (pack("m", [_vector(n)]), pack("m", [_vector(n + 100)]))[: 1 + n % 2])
        for n in people
    ]
    face = _near(_vector(probe), 0.8, 999)
    nearest = max(
        (max(cosine(face, unpack(one)) for one in who.templates), who.person_id) for who in candidates
    )
    found = best(face, candidates, "m")
    assert found is not None
    assert (found.person_id, found.score) == (nearest[1], pytest.approx(nearest[0], abs=1e-5))


def test_ten_thousand_people_are_found_among() -> None:
    rows = np.random.default_rng(3).standard_normal((10_000, 128)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    people = [Candidate(str(n), (Template("m", row.astype("<f4").tobytes()),)) for n, row in enumerate(rows)]
    gallery = Gallery(people, LEVELS, 128)
    for n in (0, 4_711, 9_999):
        found = gallery.best(_near(rows[n], 0.8, n))
        assert found is not None and found.accepted and found.person_id == str(n)


@pytest.mark.parametrize("size", [64, 128, 512])
def test_identities_of_any_usual_length_are_compared(size: int) -> None:
    values = np.random.default_rng(1).standard_normal(size).astype(np.float32)
    face: Vector = values / np.linalg.norm(values)
    found = Gallery([Candidate("a", (pack("m", [face]),))], LEVELS, size).best(face)
    assert found is not None and found.accepted
