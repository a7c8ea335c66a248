"""``enrol``, ``verify``, ``identify``, ``calibrate`` and ``bench`` with the fake engine, whose truth is known."""

import hashlib
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.errors import BadInput
from core.face import calibration as calibrations
from core.face import matching
from core.face.engine import FaceEngine
from core.face.fake import fake_engine, fake_picture, fake_portrait
from core.face.images import encoded
from core.face.tool import calibration, people, templates, timing
from core.face.tool.report import DONE, MISUSE, NO

Photo = Callable[..., Path]


@pytest.fixture
def engine() -> FaceEngine:
    """The fake engine."""
    return fake_engine()


@pytest.fixture
def photo(tmp_path: Path) -> Photo:
    """Makes a photo of these people and gives its path."""

    def make(name: str, *who: str, fault: str = "") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(fake_portrait(*who, fault=fault))
        return path

    return make


def test_a_template_is_made_of_the_photos_that_pass(engine: FaceEngine, photo: Photo, tmp_path: Path) -> None:
    out = tmp_path / "他 的.json"
    text = tmp_path / "text.jpg"
    text.write_text("no photo")
    photos = [
        photo("1.jpg", "a"),
        photo("2.jpg", "a"),
        photo("dark.jpg", "a", fault="dark"),
        photo("b.jpg", "b"),
    ]
    report = people.enrol(engine, [*photos, text, tmp_path / "absent.jpg"], out)
    told = report.document()
    assert report.code == DONE and [one["file"] for one in told["accepted"]] == [
        str(photos[0]),
        str(photos[1]),
    ]
    reasons = {Path(one["file"]).name: one["reason"] for one in told["refused"]}
    assert reasons == {
        "dark.jpg": "portrait.too_dark",
        "b.jpg": "portrait.other_person",
        "text.jpg": "image.kind",
    }
    assert [one["reason"] for one in told["bad"]] == ["face.file_absent"] and told["template"] == str(out)
    assert "2 张照片" in report.text() and json.loads(json.dumps(told)) == told
    assert people.verify(engine, out, photos[0]).code == DONE
    assert people.verify(engine, photos[3], out).code == NO
    if os.name == "posix":
        assert stat.S_IMODE(out.stat().st_mode) == 0o600, "a face is nobody else's to read"


def test_photos_of_two_people_make_no_template(engine: FaceEngine, photo: Photo, tmp_path: Path) -> None:
    out = tmp_path / "template.json"
    report = people.enrol(engine, [photo("a.jpg", "a"), photo("b.jpg", "b")], out)
    assert report.code == NO and not out.exists() and len(report.data["refused"]) == 2
    assert people.enrol(engine, [tmp_path / "absent.jpg"], out).code == MISUSE


def test_a_face_is_found_among_folders_photos_and_templates(
    engine: FaceEngine, photo: Photo, tmp_path: Path
) -> None:
    photo("gallery/张三/1.jpg", "a"), photo("gallery/张三/2.jpg", "a"), photo("gallery/b.jpg", "b")
    photo("gallery/nobody.jpg")
    people.enrol(engine, [photo("c.jpg", "c")], tmp_path / "gallery" / "c.json")
    for who, name in (("a", "张三"), ("b", "b"), ("c", "c")):
        report = people.identify(engine, photo("probe.jpg", who), [tmp_path / "gallery"])
        assert (report.code, report.data["person"], report.data["candidates"]) == (DONE, name, 3)
        assert [Path(one.file).name for one in report.bad] == ["nobody.jpg"]
    stranger = people.identify(engine, photo("probe.jpg", "d"), [tmp_path / "gallery"])
    assert stranger.code == NO and stranger.data["person"] is None and stranger.data["reason"] == "unknown"
    assert len(stranger.data["nearest"]) == 3
    photo("other/b.jpg", "e")
    both = people.identify(engine, photo("probe.jpg", "e"), [tmp_path / "gallery", tmp_path / "other"])
    assert both.data["person"] == "other/b" and both.data["candidates"] == 4
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="nobody_enrolled"):
        people.identify(engine, photo("probe.jpg", "a"), [tmp_path / "empty"])
    with pytest.raises(BadInput, match="gallery_absent") as told:
        people.identify(engine, photo("probe.jpg", "a"), [tmp_path / "gallery", tmp_path / "nowhere"])
    assert "nowhere" in told.value.sentence


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"model":"fake","vector":"AAAA","photos":1}', "\xff"])
def test_what_is_no_template_is_a_sentence(
    text: str, engine: FaceEngine, photo: Photo, tmp_path: Path
) -> None:
    path = tmp_path / "template.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(BadInput, match="bad_template"):
        people.verify(engine, path, photo("a.jpg", "a"))


def test_a_template_of_another_model_is_never_compared(
    engine: FaceEngine, photo: Photo, tmp_path: Path
) -> None:
    vector = np.eye(1, 128, dtype=np.float32)[0]
    templates.write(tmp_path / "other.json", matching.pack("other", [vector]), 1)
    with pytest.raises(BadInput, match="other_model"):
        people.verify(engine, tmp_path / "other.json", photo("a.jpg", "a"))
    templates.write(tmp_path / "short.json", matching.pack("fake", [vector[:64]]), 1)
    with pytest.raises(BadInput, match="bad_template"):
        people.verify(engine, tmp_path / "short.json", photo("a.jpg", "a"))
    with pytest.raises(BadInput, match="no_face"):
        people.verify(engine, photo("nobody.jpg"), photo("a.jpg", "a"))
    with pytest.raises(BadInput, match="not_written"):
        templates.write(photo("a.jpg", "a") / "x.json", matching.pack("other", [vector]), 1)


def test_a_calibration_is_written_and_read_by_programs(photo: Photo, tmp_path: Path) -> None:
    rows = []
    for who in range(60):
        data = photo("one.jpg", f"p{who}").read_bytes()
        for n in range(6):
            (tmp_path / f"{who}-{n}.jpg").write_bytes(data)
            rows.append(f"p{who},{who}-{n}.jpg,{'probe' if n else 'enrol'}")
    table, out = tmp_path / "people.csv", tmp_path / "校准.json"
    table.write_text("\n".join(["identity,file,role", *rows]), encoding="utf-8")
    report = calibration.calibrate(table, tmp_path, fake_engine, 1, out=out, seed=1)
    assert report.code == DONE and report.data["calibration"]["basis"]["people"] == 60
    assert (
        calibrations.read(out.read_bytes(), "fake").accept(20)
        == report.data["calibration"]["steps"][0]["accept"]
    )
    assert "0.0" in report.text() and str(out) in report.text()
    assert report.data["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()


def test_too_few_people_calibrate_nothing(photo: Photo, tmp_path: Path) -> None:
    table, out = tmp_path / "people.csv", tmp_path / "calibration.json"
    table.write_text(f"identity,file,role\na,{photo('a.jpg', 'a').name},enrol\n", encoding="utf-8")
    with pytest.raises(BadInput, match="few_people"):
        calibration.calibrate(table, tmp_path, fake_engine, 1, out=out, seed=1)
    assert not out.exists()


def test_every_stage_is_timed_with_one_thread_and_with_two(photo: Photo, tmp_path: Path) -> None:
    wide = tmp_path / "wide.jpg"  # of a frame's shape: black bars would be read as a part of the mark
    wide.write_bytes(encoded(fake_picture("a", size=(640, 360)), 640))
    report = timing.bench(wide, fake_engine, rounds=2)
    assert report.code == DONE and set(report.data["threads"]) == {"1", "2"}
    assert {"detect", "identify", "frame, followed"} <= set(report.data["threads"]["1"])
    with pytest.raises(BadInput, match="no_face"):
        timing.bench(photo("nobody.jpg"), fake_engine)
