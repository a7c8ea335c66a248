"""``zhiye-faces`` with the real models on recorded people."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.face.choice import EngineChoice
from core.face.engine import FaceEngine
from core.face.tool.cli import main
from core.face.tool.looking import identity
from core.face.tool.report import DONE, MISUSE, NO

pytestmark = pytest.mark.timeout(300)

FindFile = Callable[[str], Path]
EVERY = 30


def _told(capsys: pytest.CaptureFixture[str], *argv: object) -> tuple[int, dict[str, object]]:
    code = main([*map(str, argv), "--json"])
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    assert found["exit"] == code
    return code, found


def _part(table: Path, folder: Path, every: int) -> Path:
    """Every so manieth row of a table."""
    with table.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    part = folder / table.name
    with part.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([head, *rows[::every]])
    return part


def test_pairs_are_told_apart(
    data_file: FindFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = _part(data_file("faces/lfw_pairs.csv"), tmp_path, EVERY)
    code, told = _told(capsys, "eval", table, "--root", data_file("faces/lfw"), "--jobs", 1)
    assert code == DONE and told["pairs"] == 30 and not told["bad"]
    assert told["accuracy_best"]["value"] >= 0.96  # type: ignore[index]


def test_east_asian_people_are_found_among_each_other(
    data_file: FindFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, root = data_file("faces/asian_identification.csv"), data_file("faces/asian")
    code, told = _told(capsys, "eval-identification", table, "--root", root)
    assert code == DONE and told["enrolled"] == 14 and told["not_enrolled"] == []
    assert told["rank_1_missed"]["errors"] <= 2 and told["fpir_shipped"]["errors"] == 0  # type: ignore[index]


def test_a_living_head_turns_and_the_screen_that_shows_it_does_not_live(
    data_file: FindFile, capsys: pytest.CaptureFixture[str]
) -> None:
    live = data_file("videos/live/tranvanluyt_live_headturn.mp4")
    screen = data_file("videos/spoof/tranvanluyt_screen_replay_headturn.mp4")
    passive = ("--passive", data_file("models/minifasnet_v2_27.onnx"))
    code, told = _told(capsys, "liveness", live, screen, "--challenge", "left,right", *passive)
    assert [one["verdict"] for one in told["clips"]] == ["live", "refused"]  # type: ignore[attr-defined]
    assert code == NO and told["passive"] == "installed"


def test_every_stage_is_timed_without_a_photo_of_ones_own(capsys: pytest.CaptureFixture[str]) -> None:
    code, told = _told(capsys, "bench")
    assert code == DONE and set(told["threads"]) == {"1", "2"}  # type: ignore[call-overload]
    assert all(0 < one["p50"] <= one["p95"] for one in told["threads"]["1"].values())  # type: ignore[index]


def test_no_photo_is_too_odd_to_be_looked_at() -> None:
    engine, chance = FaceEngine.open(EngineChoice()), np.random.default_rng(1)
    for size in ((1, 1), (1, 1000), (40_000, 1), (16, 8_000), (30, 33_000), (16, 16), (4320, 7680)):
        noise = chance.integers(0, 255, (*size, 3), dtype=np.uint8)
        assert identity(engine, noise) == (None, 0)
    assert engine.observer.observe(np.zeros((20, 20_000, 3), dtype=np.uint8), 0.0).faces == 0


def test_bad_use_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "pairs.csv"
    table.write_text("file_a,file_b,same\nx.jpg,y.jpg,1\n", encoding="utf-8")
    code, told = _told(capsys, "eval", table)
    assert code == MISUSE and len(told["bad"]) == 2  # type: ignore[arg-type]
    code, told = _told(capsys, "eval", table, "--root", tmp_path / "none")
    assert code == MISUSE and told["error"]["hint"]  # type: ignore[index]
    for argv in (["eval"], ["liveness", "x.mp4", "--challenge", "up"], ["eval", "x", "--jobs", "0"]):
        with pytest.raises(SystemExit) as left:
            main(argv)
        assert left.value.code == MISUSE
    assert "正整数" in capsys.readouterr().err
