"""Thresholds: found on drawn likenesses whose truth is known, kept in a file, refused where they can't be right."""

import hashlib
import math
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput, NotHere
from core.face import calibration
from core.face.calibrating import Scores, calibrate, threshold
from core.face.calibration import ABOVE, Calibration
from core.face.enrolment import PHOTOS_GOOD
from core.face.matching import mean
from core.face.types import Vector

SFACE = "sface-2021dec-int8bq-mesh-mirror-1"


def _people(count: int, photos: int, noise: float, seed: int = 1) -> dict[str, list[Vector]]:
    """Invented people of 64 numbers: each photo is his own direction and chance."""
    chance = np.random.default_rng(seed)
    own = chance.standard_normal((count, 1, 64))
    seen = own + noise * chance.standard_normal((count, photos, 64))
    seen /= np.linalg.norm(seen, axis=2, keepdims=True)
    return {str(n): list(rows.astype(np.float32)) for n, rows in enumerate(seen)}


def test_the_shipped_thresholds_are_of_the_shipped_model_and_rise() -> None:
    found = calibration.shipped(SFACE)
    levels = [found.accept(count) for count in (1, 20, 300, 1_000, 10_000, 50_000)]
    assert (
        found.model == SFACE and levels == sorted(levels) and levels[0] < levels[3] < levels[4] == levels[5]
    )
    assert found.basis.people > 1_000 and found.basis.strangers > 1_000_000


def _alone(count: int, noise: float, chance: np.random.Generator) -> Scores:
    """Likenesses of templates to strangers, each pair drawn anew, so that how many pass is binomial."""
    own = chance.standard_normal((count, 64), dtype=np.float32)
    photos = [own + noise * chance.standard_normal((count, 64), dtype=np.float32) for _ in range(PHOTOS_GOOD)]
    photos = [one / np.linalg.norm(one, axis=1, keepdims=True) for one in photos]
    template = photos[0] * (len(photos) - 1) + sum(photos[1:])
    stranger = chance.standard_normal((count, 64), dtype=np.float32)
    lengths = np.linalg.norm(template, axis=1) * np.linalg.norm(stranger, axis=1)
    return np.asarray((template * stranger).sum(axis=1) / lengths)


@pytest.fixture(scope="module")
def strangers() -> Scores:
    chance = np.random.default_rng(7)
    return np.concatenate([_alone(100_000, 0.8, chance) for _ in range(5)])


def _binomial(most: int, trials: int, rate: float) -> float:
    """How probable it is that so many or fewer of the trials succeed."""
    log, odds = trials * math.log1p(-rate), math.log(rate) - math.log1p(-rate)
    found = math.exp(log)
    for k in range(most):
        log += math.log(trials - k) - math.log(k + 1) + odds
        found += math.exp(log)
    return found


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_strangers_pass_as_seldom_as_was_asked(seed: int, strangers: Scores) -> None:
    """The thresholds are found on some people and tried on others, half a million pairs.

    So few people tell the rate to about a half; beyond that it is chance, and must be likelier than one in 10,000.
    """
    found = calibrate("m", _people(250, 5, 0.8, seed), "drawn", seed=seed)
    assert found.steps[0].fpir_aimed == pytest.approx(0.001) and found.steps[-1].fpir_aimed == 0.01
    for step in found.steps:
        rate, passed = step.fpir_aimed / step.candidates, int((strangers >= step.accept).sum())
        assert 1 - _binomial(passed - 1, len(strangers), 1.5 * rate) > 1e-4, (step, passed)
        # Nor is anybody refused for nothing; the tail of these likenesses falls faster than it is foretold.
        assert _binomial(passed, len(strangers), 0.3 * rate) > 1e-4, (step, passed)


@settings(max_examples=15)
@given(st.floats(0.05, 0.15), st.integers(0, 100))
def test_the_tail_is_read_where_it_can_still_be_counted(spread: float, seed: int) -> None:
    """From a tenth of the trials the threshold for a rarer event is foretold; all of them tell if it was right."""
    scores = np.random.default_rng(seed).exponential(spread, 1_000_000)
    foretold = threshold(scores[:100_000], 1e-5)
    assert foretold == pytest.approx(float(np.quantile(scores, 1 - 1e-5)), rel=0.2)


def test_a_photo_under_a_wrong_name_does_not_move_the_threshold_far() -> None:
    people = _people(120, 5, 0.8)
    right = calibrate("m", people, "drawn")
    wrong = dict(people) | {"120": [people["3"][0], people["3"][1]]}
    moved = calibrate("m", wrong, "drawn")
    assert moved.accept(20) == pytest.approx(right.accept(20), abs=0.03)


def test_no_threshold_is_found_near_strangers() -> None:
    """A recogniser for which strangers are all but perpendicular could ask for less than anybody would dare to."""
    chance = np.random.default_rng(1)
    own = chance.standard_normal((120, 1, 1024)) + 0.3 * chance.standard_normal((120, 5, 1024))
    own /= np.linalg.norm(own, axis=2, keepdims=True)
    found = calibrate("m", {str(n): list(rows.astype(np.float32)) for n, rows in enumerate(own)}, "drawn")
    assert found.typical == pytest.approx(0, abs=0.01)
    assert found.same == found.accept(20) == pytest.approx(ABOVE, abs=0.01)
    assert calibration.read(calibration.written(found)) == found


def test_a_recogniser_for_which_all_are_one_gets_no_thresholds() -> None:
    """As one whose pictures are prepared with a wrong scale."""
    people = {
        name: [mean([np.eye(64, dtype=np.float32)[0] * 20, one]) for one in rows]
        for name, rows in _people(120, 5, 0.8).items()
    }
    with pytest.raises(BadInput) as told:
        calibrate("m", people, "drawn")
    assert told.value.code == "face.all_alike" and told.value.hint


def test_a_recogniser_that_tells_nothing_apart_gets_no_thresholds() -> None:
    """Strangers are as alike as owners, only not all to the same degree: the tail goes beyond 1."""
    chance = np.random.default_rng(1)
    wide = chance.standard_normal((120, 5, 8)).astype(np.float32)
    wide /= np.linalg.norm(wide, axis=2, keepdims=True)
    with pytest.raises(BadInput) as told:
        calibrate("m", {str(n): list(rows) for n, rows in enumerate(wide)}, "drawn")
    assert told.value.code == "face.all_alike" and told.value.hint


def test_too_few_people_say_nothing() -> None:
    with pytest.raises(BadInput) as told:
        calibrate("m", _people(10, 4, 0.5), "drawn")
    assert told.value.code == "face.few_people" and "10" in told.value.sentence


def test_a_calibration_comes_back_from_its_file(tmp_path: Path) -> None:
    made = calibrate("m", _people(120, 5, 0.8), "虚构")
    path = tmp_path / "校准.json"
    path.write_bytes(calibration.written(made))
    assert made.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert calibration.read(path.read_bytes(), "m") == made
    with pytest.raises(BadInput) as other:
        calibration.read(path.read_bytes(), "n")
    assert other.value.code == "face.other_calibration"
    with pytest.raises(NotHere) as none:
        calibration.shipped("n")
    assert none.value.code == "face.no_calibration"


def _step(accept: float, candidates: int = 20) -> dict[str, float]:
    return {"candidates": candidates, "accept": accept, "fpir_aimed": 0.0, "fnir": 0.0}


def _with(**changed: Any) -> bytes:
    plain = msgspec.to_builtins(calibration.shipped(SFACE))
    return msgspec.json.encode(plain | changed)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"\xff",
        _with(steps=[]),
        _with(steps=[_step(0.0)]),
        _with(steps=[_step(0.5, 9), _step(0.45, 20)]),
        _with(steps=[_step(0.5), _step(0.5)]),
        _with(steps=[_step(0.45), _step(1.0, 30)]),
        _with(same=-1.0),
        _with(typical=float("nan")),
        _with(unheard_of=1),
        # A stranger of 0.161 would pass, in the first by what the file says of strangers, too.
        _with(steps=[_step(0.1)], same=0.1, typical=0.09),
        _with(steps=[_step(0.1)], same=0.1, typical=-0.5),
        _with(same=0.36, typical=0.115),
        _with(steps=[_step(0.36)], typical=0.115),
        _with(typical=0.9),
        _with(margin=0.0),
    ],
)
def test_what_cannot_be_thresholds_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput) as told:
        calibration.read(data)
    assert told.value.code == "face.bad_calibration" and told.value.hint


def test_the_calibration_type_refuses_by_itself() -> None:
    good = calibration.shipped(SFACE)
    with pytest.raises(ValueError, match="thresholds"):
        Calibration(**(msgspec.structs.asdict(good) | {"steps": ()}))
