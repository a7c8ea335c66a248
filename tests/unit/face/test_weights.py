"""Model files: found in packages, and never loaded when altered."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import DomainError
from core.face import weights
from core.face.opencv.minifasnet import MiniFasNet
from core.face.weights import IRIS, MESH, REFINED_MESH, SFACE, SHORT_RANGE, YUNET, Weights


@pytest.mark.parametrize(
    "one", [YUNET, SFACE, MESH, IRIS, REFINED_MESH, SHORT_RANGE], ids=lambda one: one.name
)
def test_every_model_file_is_installed_and_is_the_pinned_one(one: Weights) -> None:
    assert weights.located(one).is_file()
    assert weights.read(one)


def test_an_altered_file_is_told() -> None:
    with pytest.raises(DomainError, match="weights_altered") as caught:
        weights.read(replace(MESH, sha256="0" * 64))
    assert "重新安装" in caught.value.hint


def test_a_missing_file_or_package_is_told() -> None:
    for missing in (replace(MESH, path="data/none.tflite"), replace(MESH, package="no_such_package")):
        with pytest.raises(DomainError, match="weights_missing"):
            weights.read(missing)


def test_the_operators_network_must_be_there_and_be_the_known_one(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="weights_missing"):
        MiniFasNet(tmp_path / "none.onnx")
    (tmp_path / "other.onnx").write_bytes(b"other")
    with pytest.raises(DomainError, match="weights_altered"):
        MiniFasNet(tmp_path / "other.onnx")


def test_templates_can_be_handled_without_loading_opencv() -> None:
    program = "import sys, core.face.engine, core.face.fake; assert 'cv2' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[3])
