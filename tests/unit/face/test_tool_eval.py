"""``eval`` and ``eval-identification`` on people whose truth is known, with the fake engine."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.errors import BadInput
from core.face import matching
from core.face.calibration import Calibration
from core.face.engine import FaceEngine
from core.face.fake import fake_engine, fake_portrait
from core.face.tool import identification, verification
from core.face.tool.album import Album, look
from core.face.tool.identification import Crowd, searched
from core.face.tool.looking import Look
from core.face.tool.report import DONE, INTERRUPTED, MISUSE
from core.face.types import Candidate

Photo = Callable[..., str]


@pytest.fixture
def photo(tmp_path: Path) -> Photo:
    """Makes a photo of these people and gives its name."""

    def make(name: str, *people: str) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(fake_portrait(*people))
        return name

    return make


def _table(folder: Path, *rows: str) -> Path:
    path = folder / "table.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_pairs_are_counted_and_photos_without_a_face_are_errors(photo: Photo, tmp_path: Path) -> None:
    photo("a 1.jpg", "a"), photo("张/a2.jpg", "a"), photo("b.jpg", "b"), photo("nobody.jpg")
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff half")
    rows = [
        "a 1.jpg,张\\a2.jpg,1",
        "a 1.jpg,b.jpg,0",
        "a 1.jpg,nobody.jpg,1",
        "b.jpg,broken.jpg,0",
        "b.jpg,no.jpg,1",
    ]
    table = _table(tmp_path, "file_a,file_b,same", *rows, "b.jpg,b.jpg,perhaps")
    report = verification.evaluate(table, tmp_path, fake_engine, 1)
    told = report.document()
    assert (told["pairs"], told["same"], told["different"]) == (3, 2, 1) and report.code == DONE
    assert told["failures_to_detect"] == {"pairs": 1, "same": 1}
    assert told["accuracy_best"]["wrong"] == 1 and told["accuracy_shipped"]["value"] == pytest.approx(2 / 3)
    assert told["shipped"]["frr"]["errors"] == 1 and told["shipped"]["far"] == {
        "value": 0.0, "errors": 0, "trials": 1, "low": 0.0, "high": 1.0,
    }  # fmt: skip
    assert [one["file_b"] for one in told["wrong_at_best"]] == ["nobody.jpg"]
    assert told["unread"] == 2, "a file that can't be read is no trial, of nobody"
    assert not told["frr_at_far"]["0.001"]["far_trials_suffice"]
    assert [one["file"] for one in told["bad"]] == ["table.csv:7", "nobody.jpg", "broken.jpg", "no.jpg"]
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert "bad files: 4" in report.text() and "no.jpg" in report.text()


def test_nothing_usable_is_bad_use_and_still_a_report(photo: Photo, tmp_path: Path) -> None:
    photo("nobody.jpg")
    table = _table(tmp_path, "file_a,file_b,same", "nobody.jpg,no.jpg,1")
    report = verification.evaluate(table, tmp_path, fake_engine, 1)
    assert report.code == MISUSE and len(report.bad) == 2 and report.text()


def test_several_processes_see_what_one_sees(photo: Photo, tmp_path: Path) -> None:
    names = [photo(f"{n}.jpg", f"p{n % 4}") for n in range(20)]
    one, two = look(fake_engine, tmp_path, names, 1), look(fake_engine, tmp_path, names, 2)
    assert list(one.looks) == list(two.looks) == names
    for name in names:
        assert np.array_equal(one.vector(name), two.vector(name))


def test_searches_find_who_is_enrolled_and_nobody_else(photo: Photo, tmp_path: Path) -> None:
    rows = [
        f"p{n},{photo(f'{n}/{role}.jpg', f'p{n}')},{role}" for n in range(6) for role in ("enrol", "probe")
    ]
    rows += [f",{photo(f'u{n}.jpg', f'u{n}')},unknown" for n in range(3)]
    rows += [
        f"p0,{photo('nobody.jpg')},probe",
        "p7,absent.jpg,enrol",
        f"p7,{photo('7/probe.jpg', 'p7')},probe",
    ]
    table = _table(tmp_path, "identity,file,role", *rows)
    report = identification.evaluate(table, tmp_path, fake_engine, 1, candidates=None, seed=1)
    told = report.document()
    assert (told["enrolled"], told["candidates"], told["draws"]) == (6, 6, 1)
    # One probe shows no face and is missed; of a person whose only file is absent nothing can be told.
    assert (told["fnir_shipped"]["errors"], told["fnir_shipped"]["trials"]) == (1, 7)
    assert told["not_enrolled"] == [] and told["rank_1_missed"]["errors"] == 1
    assert (told["fpir_shipped"]["errors"], told["fpir_shipped"]["trials"]) == (0, 3)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    few = identification.evaluate(table, tmp_path, fake_engine, 1, candidates=2, seed=7).data
    again = identification.evaluate(table, tmp_path, fake_engine, 1, candidates=2, seed=7).data
    assert few["candidates"] == 2 and few["draws"] > 1 and few["fpir_shipped"]["independent_trials"] == 3
    assert few["fnir_shipped"] == again["fnir_shipped"], "the same seed draws the same galleries"
    many = identification.evaluate(table, tmp_path, fake_engine, 1, candidates=10_000, seed=1).data
    assert (many["candidates"], many["candidates_asked"]) == (6, 10_000)


def test_without_unknown_people_each_probe_searches_where_its_owner_is_not(
    photo: Photo, tmp_path: Path
) -> None:
    rows = [
        f"p{n},{photo(f'{n}/{role}.jpg', f'p{n}')},{role}" for n in range(4) for role in ("enrol", "probe")
    ]
    told = identification.evaluate(
        _table(tmp_path, "identity,file,role", *rows), tmp_path, fake_engine, 1, candidates=None, seed=1
    ).data
    assert told["unknown_from"] == "left out of the gallery"
    assert (told["fpir_shipped"]["errors"], told["fpir_shipped"]["trials"]) == (0, 4)
    assert told["fnir_shipped"]["errors"] == 0


def test_where_nobody_can_be_enrolled_nothing_can_be_told(photo: Photo, tmp_path: Path) -> None:
    table = _table(tmp_path, "identity,file,role", "a,absent.jpg,enrol", f"a,{photo('a.jpg', 'a')},probe")
    with pytest.raises(BadInput) as caught:
        identification.evaluate(table, tmp_path, fake_engine, 1, candidates=None, seed=1)
    assert caught.value.code == "face.nobody_enrolled" and caught.value.hint


def test_strangers_who_look_like_somebody_are_counted(photo: Photo, tmp_path: Path) -> None:
    calibration: Calibration = fake_engine().calibration
    wide = np.zeros(128, dtype=np.float32)
    wide[0] = 1.0
    crowd = Crowd(calibration, [Candidate("a", (matching.pack("fake", [wide]),))])
    crowd.mates, crowd.strangers = [("a", wide)], [("", wide), ("", -wide), ("", None)]
    own, others = searched(crowd, 1, 1, np.random.default_rng(1))
    assert own.right == [True] and others.accepted == [True, False, False] and others.scores[2] == -1.0


def test_broken_off_it_tells_what_it_has_reached(photo: Photo, tmp_path: Path) -> None:
    names = [photo(f"{n}.jpg", "a") for n in range(5)]
    table = _table(tmp_path, "file_a,file_b,same", *(f"{a},{b},1" for a in names for b in names if a < b))
    opened = fake_engine()
    detector = opened.observer.parts.detector
    report = verification.evaluate(table, tmp_path, _Tired(detector.detect, 3).open, 1)
    assert report.code == INTERRUPTED and report.data["interrupted"]
    assert report.data["pairs"] == 3, "three photos were reached before the key was pressed"


class _Tired:
    """An engine before which somebody presses Ctrl-C at the fourth photo."""

    def __init__(self, detect: Callable[..., object], after: int) -> None:
        self._detect, self._left = detect, after

    def open(self) -> FaceEngine:
        """The engine."""
        engine = fake_engine()
        engine.observer.parts.detector.detect = self._look  # type: ignore[method-assign, assignment]
        return engine

    def _look(self, image: object) -> object:
        if not self._left:
            raise KeyboardInterrupt
        self._left -= 1
        return self._detect(image)


def test_an_album_knows_what_was_bad() -> None:
    album = Album({"a": Look("a", None, code="no_face", sentence="没有"), "b": Look("b", np.ones(128), 5.0)})
    assert [one.file for one in album.bad()] == ["a"] and album.times() == [5.0]
