"""The demo's own parts: its photographs pass the real check, its children end with it, a failure is a failure."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core.face import gate
from core.face.engine import FaceEngine
from demo import __main__ as demo
from demo import people, webcam
from demo.hand import Unseen
from demo.programs import Programs, Server, environment
from demo.steps import Steps, Stopped

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def engine() -> FaceEngine:
    """The shipped models."""
    return FaceEngine.shipped()


def test_every_portrait_passes_the_real_check_and_none_is_taken_for_another(engine: FaceEngine) -> None:
    faces = (people.ZHOU, people.LIN, people.GU)
    templates = [engine.enrol(people.jpeg(people.portrait(face))).template for face in faces]
    for number, face in enumerate((*faces, people.STRANGER)):
        scores = [engine.score(people.jpeg(people.portrait(face, light=4)), one) for one in templates]
        assert [score > 0.9 for score in scores] == [number == place for place in range(len(faces))]
        assert all(score > 0.9 or score < 0.35 for score in scores)


@pytest.mark.parametrize("face", [people.ZHOU, people.STRANGER, people.GU])
def test_who_stands_before_the_camera_can_be_seen(engine: FaceEngine, face: people.Face) -> None:
    for picture in people.before_the_camera(face):
        assert gate.live_fault(engine.observer.observe(picture, 0.0), people.WIDTH) is None


def test_a_still_photograph_is_the_same_picture_again_and_again(tmp_path: Path) -> None:
    people.show(tmp_path, people.before_the_camera(people.ZHOU))
    people.show(tmp_path, people.still(people.ZHOU))
    found = {file.read_bytes() for file in tmp_path.iterdir()}
    assert len(list(tmp_path.iterdir())) == people.FRAMES
    assert len(found) == 1


def test_the_webcam_gives_a_portrait_of_who_sits_there_or_none(engine: FaceEngine, tmp_path: Path) -> None:
    """A folder stands for the webcam: no machine for tests has one."""
    assert webcam.own_portrait(engine, f"folder:{tmp_path / 'nothing'}") is None
    people.show(tmp_path, people.wall())
    assert webcam.own_portrait(engine, f"folder:{tmp_path}", seconds=1.0) is None
    people.show(tmp_path, people.before_the_camera(people.ZHOU))
    taken = webcam.own_portrait(engine, f"folder:{tmp_path}")
    assert taken is not None
    engine.enrol(taken)


def test_a_step_that_fails_makes_the_whole_run_fail(tmp_path: Path) -> None:
    def play(steps: Steps, programs: Programs, folder: Path, engine: object) -> None:
        with steps.step("好"):
            pass
        with steps.step("坏"):
            raise Unseen("没有看到")

    steps = Steps(tmp_path)
    demo.play_one(play, steps, tmp_path / "x", None, tmp_path / "logs")  # type: ignore[arg-type]
    assert not steps.write()
    told = json.loads((tmp_path / "summary.json").read_text("utf-8"))
    assert [(step["name"], step["ok"]) for step in told["steps"]] == [("好", True), ("坏", False)]
    assert told["ok"] is False
    with pytest.raises(Stopped, match="没有看到"), steps.step("坏"):
        raise Unseen("没有看到")


def test_children_end_with_the_demo_even_when_it_breaks(tmp_path: Path) -> None:
    server = None
    with pytest.raises(RuntimeError, match="broken"), Programs(tmp_path / "logs") as programs:
        server = Server(programs, tmp_path / "server")
        assert server.start()["demo"] is False
        raise RuntimeError("broken")
    assert server is not None
    assert server._process is not None
    assert server._process.poll() is not None


def test_played_by_a_person_it_is_ready_to_touch_and_ends_when_told(tmp_path: Path) -> None:
    """Server, kiosk and desktop come up, paired and logged in; the login and what to try are printed."""
    away = {"QT_QPA_PLATFORM": "offscreen", "TMPDIR": str(tmp_path), "TEMP": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "demo", "--photographs"], cwd=ROOT, env=environment(away),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
    )  # fmt: skip
    guard = threading.Timer(100, process.kill)
    guard.start()
    said = []
    try:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if "Ctrl+C" in line:
                process.terminate()
        process.wait(30)
    finally:
        guard.cancel()
        process.kill()
        process.stdout.close() if process.stdout else None
    text = "".join(said)
    assert "账号 demo" in text, text
    assert "虚构" in text
    if os.name != "nt":  # there a process that is ended from outside can't tidy up
        assert list(tmp_path.glob("zhiye-demo-*")) == []
