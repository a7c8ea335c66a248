"""The operator's anti-spoof network reaches the kiosk's engine and is named in every piece of evidence (S-3)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import DomainError
from core.face.choice import EngineChoice
from kiosk.adapters.engines import open_faces
from tests.factories.offline import alone


@pytest.mark.rule("S-3")
def test_the_operators_model_is_part_of_the_engine(data_file: Callable[[str], Path]) -> None:
    """S-3: What was seen (photo, scores, thresholds, challenge, model version) is kept as evidence."""
    with_it = open_faces(EngineChoice(passive=data_file("models/minifasnet_v2_27.onnx")), stills=False)
    without = open_faces(EngineChoice(), stills=False)
    assert set(with_it.versions) - set(without.versions) == {"passive"}
    assert with_it.versions["passive"].startswith("minifasnet")


def test_another_file_is_not_taken_for_it(tmp_path: Path) -> None:
    (tmp_path / "passive.onnx").write_bytes(b"something else")
    with pytest.raises(DomainError):
        open_faces(EngineChoice(passive=tmp_path / "passive.onnx"), stills=False)


def test_the_anti_spoof_network_needs_no_network_of_its_own(
    data_file: Callable[[str], Path], tmp_path: Path
) -> None:
    ended = alone(tmp_path, "--passive", str(data_file("models/minifasnet_v2_27.onnx")))
    assert ended.returncode == 0, ended.stderr
    assert "'passive': 'minifasnet" in ended.stdout
    assert not list(tmp_path.rglob("*"))
