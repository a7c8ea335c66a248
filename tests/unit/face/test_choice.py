"""What an operator may choose, and what he is told where it can't be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import BadInput, DomainError, NotHere
from core.face.choice import LANDMARKS, EngineChoice
from core.face.engine import FaceEngine
from core.face.extras import extra
from core.face.insight.pack import NOTE, THRESHOLDS
from tests.factories import packs


def test_landmarks_that_nobody_knows_are_told() -> None:
    with pytest.raises(BadInput, match=r"face\.landmarks") as caught:
        EngineChoice(landmarks="mediapip")
    assert all(name in caught.value.hint for name in LANDMARKS)


def test_files_that_are_not_there_are_told_at_the_start(tmp_path: Path) -> None:
    EngineChoice().require_files()
    with pytest.raises(NotHere, match=r"face\.passive"):
        EngineChoice(passive=tmp_path / "none.onnx").require_files()
    with pytest.raises(NotHere, match=r"face\.pack_missing"):
        EngineChoice(pack=tmp_path / "none").require_files()


@pytest.mark.parametrize(
    ("package", "module"),
    [
        ("mediapipe", "mediapipe.python.solutions.face_mesh"),
        ("insightface", "insightface.model_zoo.model_zoo"),
    ],
)
def test_an_extra_that_is_not_installed_is_a_sentence(
    package: str, module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)  # Python's own way of saying that there is none
    choice = (
        EngineChoice(landmarks="mediapipe")
        if package == "mediapipe"
        else EngineChoice(pack=packs.pack(tmp_path))
    )
    with pytest.raises(DomainError) as caught:
        FaceEngine.open(choice)
    assert caught.value.code == "face.extra_missing"
    assert package in caught.value.sentence and package in caught.value.hint


def test_an_import_leaves_the_library_path_of_children_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "greedy.py").write_text("import os; os.environ['LD_LIBRARY_PATH'] = '/its/own'", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("LD_LIBRARY_PATH", "/before")
    extra("greedy", "greedy")
    assert os.environ["LD_LIBRARY_PATH"] == "/before"
    sys.modules.pop("greedy")
    monkeypatch.delenv("LD_LIBRARY_PATH")
    extra("greedy", "greedy")
    assert "LD_LIBRARY_PATH" not in os.environ
    sys.modules.pop("greedy")


def test_the_default_engine_imports_no_extra() -> None:
    program = (
        "import os, sys; before = os.environ.get('LD_LIBRARY_PATH');"
        "from core.face.engine import FaceEngine; FaceEngine.shipped();"
        "assert not {'mediapipe', 'insightface', 'onnx', 'matplotlib'} & set(sys.modules);"
        "assert os.environ.get('LD_LIBRARY_PATH') == before"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[3])


def test_thresholds_stand_under_the_pins_like_the_rest(tmp_path: Path) -> None:
    choice, levels = EngineChoice(pack=packs.pack(tmp_path, packs.tiny())), tmp_path / THRESHOLDS
    model, own = packs.sha256(tmp_path / "recogniser.onnx"), packs.sha256(levels)
    (tmp_path / NOTE).write_text(f'[sha256]\n"recogniser.onnx" = "{model}"\n', "utf-8")
    FaceEngine.open(EngineChoice(pack=tmp_path, calibrating=True))
    with pytest.raises(DomainError, match="weights_altered") as caught:
        choice.require_files()
    assert THRESHOLDS in caught.value.sentence
    with (tmp_path / NOTE).open("a", encoding="utf-8") as note:
        note.write(f'"{THRESHOLDS}" = "{own}"\n')
    choice.require_files()
    assert FaceEngine.open(choice).versions["calibration"] == own
    levels.write_bytes(levels.read_bytes().replace(b"0.459", b"0.400"))
    for opens in (choice.require_files, lambda: FaceEngine.open(choice)):
        with pytest.raises(DomainError, match="weights_altered"):
            opens()
    EngineChoice(pack=tmp_path, calibrating=True).require_files()


def test_a_pack_without_thresholds_is_told_at_the_start(tmp_path: Path) -> None:
    packs.pack(tmp_path)
    EngineChoice(pack=tmp_path).require_files()
    (tmp_path / THRESHOLDS).write_text("{}", "utf-8")
    with pytest.raises(BadInput, match=r"face\.bad_calibration"):
        EngineChoice(pack=tmp_path).require_files()
    (tmp_path / THRESHOLDS).unlink()
    with pytest.raises(NotHere, match=r"face\.no_calibration"):
        EngineChoice(pack=tmp_path).require_files()
    EngineChoice(pack=tmp_path, calibrating=True).require_files()
