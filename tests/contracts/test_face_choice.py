"""Server, kiosk and command line choose an engine by the same words and tell the same of what is missing."""

import json
from pathlib import Path

import pytest

from core.errors import BadInput, NotHere
from core.face.tool.cli import main
from kiosk.adapters.engines import FirstUse
from kiosk.app import engine_choice
from kiosk.options import parse
from server.portraits import FaceModels
from server.settings import load
from tests.factories import faces, packs


def test_all_three_make_templates_of_the_same_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = packs.pack(tmp_path / "pack", mesh="facemesh")
    portrait = tmp_path / "one.jpg"
    portrait.write_bytes(faces.jpeg(faces.face_picture("guest")))
    environment = {
        "ZHIYE_DATA_FOLDER": str(tmp_path / "data"), "ZHIYE_FACE_PACK": str(folder),
        "ZHIYE_FACE_LANDMARKS": "mediapipe",
    }  # fmt: skip
    server = FaceModels(load(environment))().enrol(portrait.read_bytes()).template.model
    options = ["--face-pack", str(folder), "--landmarks", "mediapipe"]
    kiosk = FirstUse(engine_choice(parse(["--folder", str(tmp_path / "kiosk"), *options])))
    (tmp_path / "pairs.csv").write_text("file_a,file_b,same\none.jpg,one.jpg,1\n", "utf-8")
    main(["eval", str(tmp_path / "pairs.csv"), "--json", "--jobs", "1", *options])
    assert server == kiosk(False).name == kiosk(True).name
    assert server.startswith("insightface-") and "facemesh" in server
    assert server in json.dumps(json.loads(capsys.readouterr().out))
    assert kiosk(False) is kiosk(False)


def test_all_three_tell_at_the_start_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    none = str(tmp_path / "none")
    with pytest.raises(NotHere, match="pack_missing"):
        FaceModels(load({"ZHIYE_DATA_FOLDER": str(tmp_path), "ZHIYE_FACE_PACK": none}))
    with pytest.raises(BadInput, match="landmarks"):
        FaceModels(load({"ZHIYE_DATA_FOLDER": str(tmp_path), "ZHIYE_FACE_LANDMARKS": "others"}))
    with pytest.raises(NotHere, match="pack_missing"):
        engine_choice(parse(["--folder", str(tmp_path), "--face-pack", none]))
    (tmp_path / "pairs.csv").write_text("file_a,file_b,same\n", "utf-8")
    assert main(["eval", str(tmp_path / "pairs.csv"), "--face-pack", none]) == 2
    assert "找不到人脸模型包文件夹“none”" in capsys.readouterr().err
