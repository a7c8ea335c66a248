"""An operator's pack: every file known by its content, the pinned ones and no others, and no file that is no model."""

import hashlib
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from insightface.utils import face_align

from core.errors import BadInput, DomainError, NotHere
from core.face.choice import EngineChoice
from core.face.engine import FaceEngine
from core.face.insight.loading import load
from core.face.insight.pack import NOTE, THRESHOLDS, opened
from core.face.insight.recogniser import PackRecogniser
from core.face.opencv.align import similarity
from core.face.opencv.mesh import MeshFinder
from core.face.opencv.sface import SFace
from core.face.opencv.yunet import YuNet
from tests.factories import faces, packs


def put(folder: Path, name: str, model: onnx.ModelProto | bytes) -> str:
    """A file of the pack; gives its SHA-256."""
    data = model if isinstance(model, bytes) else model.SerializeToString()
    (folder / name).write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def refused(folder: Path, code: str) -> DomainError:
    with pytest.raises(DomainError) as caught:
        PackRecogniser(folder)
    assert caught.value.code == code
    assert caught.value.hint
    return caught.value


def test_the_same_network_gives_the_same_identity_whoever_runs_it(tmp_path: Path) -> None:
    picture = faces.face_picture("astronaut")
    face = YuNet().detect(picture)[0]
    marks = MeshFinder().find(picture, face)
    assert marks is not None
    own = SFace().vector(picture, face, marks)
    theirs = PackRecogniser(packs.pack(tmp_path / "plain"))
    wide = PackRecogniser(packs.pack(tmp_path / "wide", packs.widened(packs.folded())))
    assert (theirs.size, wide.size) == (128, 512)
    assert float(own @ theirs.vector(picture, face, marks)) > 0.99
    other = faces.face_picture("actress")
    elsewhere = YuNet().detect(other)[0]
    there = MeshFinder().find(other, elsewhere)
    assert there is not None
    likeness = float(wide.vector(picture, face, marks) @ wide.vector(other, elsewhere, there))
    assert likeness == pytest.approx(float(own @ SFace().vector(other, elsewhere, there)), abs=0.02)


def test_a_pack_with_a_manifest_prepares_pictures_as_it_says(tmp_path: Path) -> None:
    """Without it InsightFace would guess from the graph, and the same network would see another picture."""
    picture = faces.face_picture("astronaut")
    face = YuNet().detect(picture)[0]
    marks = MeshFinder().find(picture, face)
    assert marks is not None
    model = packs.folded()
    nodes = sorted(
        model.graph.node, key=lambda node: node.op_type in ("DequantizeLinear", "Reshape"), reverse=True
    )
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    folder = packs.pack(tmp_path, model)
    own = SFace().vector(picture, face, marks)
    assert float(own @ PackRecogniser(folder).vector(picture, face, marks)) < 0.5
    guessed = PackRecogniser(folder).version
    packs.manifest(folder)
    assert float(own @ PackRecogniser(folder).vector(picture, face, marks)) > 0.99
    assert PackRecogniser(folder).version != guessed
    (folder / "recogniser.onnx").write_bytes(packs.tiny().SerializeToString())
    refused(folder, "face.pack_broken")


def test_a_version_follows_the_content_and_not_the_name(tmp_path: Path) -> None:
    versions = {}
    for place, name, side in (("a", "one.onnx", 112), ("b", "two.onnx", 112), ("c", "one.onnx", 224)):
        (tmp_path / place).mkdir()
        sha256 = put(tmp_path / place, name, packs.tiny(side=side))
        recogniser = PackRecogniser(tmp_path / place)
        versions[place] = recogniser.version
        assert sha256[:12] in recogniser.version
        assert recogniser.files == {"pack": f"{name} {sha256[:12]}"}
    assert versions["a"] == versions["b"] != versions["c"]
    assert "facemesh" in PackRecogniser(tmp_path / "a", "facemesh").version


def test_a_folder_that_is_none_or_empty_is_told(tmp_path: Path) -> None:
    assert "none" in refused(tmp_path / "none", "face.pack_missing").sentence
    assert "没有模型文件" in refused(tmp_path, "face.pack_empty").sentence
    (tmp_path / "readme.txt").write_text("x", "utf-8")
    refused(tmp_path, "face.pack_empty")


NO_MODELS: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "text": lambda: b"<html>not found</html>",
    "noise": lambda: np.random.default_rng(3).bytes(10_000),
    "cut off": lambda: packs.folded().SerializeToString()[:100_000],
    "a few bytes lost": lambda: packs.tiny().SerializeToString()[:-20],
    "gives nothing": lambda: packs.tiny(nothing=True).SerializeToString(),
    "not for faces": lambda: packs.tiny(side=160).SerializeToString(),
}


@pytest.mark.parametrize("kind", NO_MODELS)
def test_a_file_that_is_no_model_is_told(tmp_path: Path, kind: str) -> None:
    put(tmp_path, "broken.onnx", NO_MODELS[kind]())
    error = refused(tmp_path, "face.no_vector" if kind == "gives nothing" else "face.pack_broken")
    assert "模型" in error.sentence


def test_weights_in_files_of_their_own_are_not_taken(tmp_path: Path) -> None:
    """No hash of the model's file would tell when they are exchanged."""
    model = packs.tiny()
    onnx.save(
        model, str(tmp_path / "one.onnx"), save_as_external_data=True, location="one.data", size_threshold=0
    )
    assert (tmp_path / "one.data").exists()
    refused(tmp_path, "face.pack_broken")


@given(st.binary(max_size=300))
def test_no_bytes_crash_it(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("pack")
    put(folder, "some.onnx", data)
    with pytest.raises(DomainError):
        load(opened(folder))


def test_which_file_is_the_recogniser_must_be_clear(tmp_path: Path) -> None:
    put(tmp_path, "detector.onnx", packs.tiny(outputs=6))
    assert "没有识别模型" in refused(tmp_path, "face.pack_recogniser").sentence
    put(tmp_path, "one.onnx", packs.tiny())
    assert PackRecogniser(tmp_path).files["pack"].startswith("detector.onnx ")
    sha256 = put(tmp_path, "two.onnx", packs.tiny(side=224))
    assert "不止一个" in refused(tmp_path, "face.pack_recogniser").sentence
    (tmp_path / NOTE).write_text('recognition = "two.onnx"', "utf-8")
    assert sha256[:12] in PackRecogniser(tmp_path).version
    (tmp_path / NOTE).write_text('recognition = "three.onnx"', "utf-8")
    assert "three.onnx" in refused(tmp_path, "face.pack_note").sentence


def test_pinned_files_are_the_pinned_ones_and_no_others(tmp_path: Path) -> None:
    sha256 = put(tmp_path, "one.onnx", packs.tiny())
    (tmp_path / NOTE).write_text(f'[sha256]\n"one.onnx" = "{sha256}"\n', "utf-8")
    PackRecogniser(tmp_path)
    put(tmp_path, "more.onnx", packs.tiny(outputs=6))
    assert "more.onnx" in refused(tmp_path, "face.weights_altered").sentence
    (tmp_path / "more.onnx").unlink()
    put(tmp_path, "one.onnx", packs.tiny(side=224))
    assert "one.onnx" in refused(tmp_path, "face.weights_altered").sentence
    (tmp_path / "one.onnx").unlink()
    refused(tmp_path, "face.pack_empty")


def test_a_manifest_is_part_of_the_recognisers_name(tmp_path: Path) -> None:
    """It says how pictures are prepared: a stranger whose picture is made all dark is like everybody."""
    folder = packs.pack(tmp_path, packs.tiny())
    packs.manifest(folder, mean=127.5)
    packs.thresholds(folder)
    assert FaceEngine.open(EngineChoice(pack=folder)).model == packs.named(folder)
    recogniser = PackRecogniser(folder)
    assert recogniser.version == packs.named(folder)
    assert "manifest.json " in recogniser.files["pack"]
    packs.manifest(folder, mean=127.5, std=1e6)
    assert PackRecogniser(folder).version == packs.named(folder) != recogniser.version
    with pytest.raises(BadInput, match="other_calibration"):
        FaceEngine.open(EngineChoice(pack=folder))
    (folder / "manifest.json").write_text('{"manifest_version": 1}', "utf-8")  # InsightFace passes it over
    assert PackRecogniser(folder).version == packs.named(folder) != recogniser.version


def test_a_manifest_is_pinned_with_the_files(tmp_path: Path) -> None:
    folder = packs.pack(tmp_path, packs.tiny())
    packs.manifest(folder, mean=127.5)
    model = f'"recogniser.onnx" = "{packs.sha256(folder / "recogniser.onnx")}"'
    (folder / NOTE).write_text(f"[sha256]\n{model}\n", "utf-8")
    assert "manifest.json" in refused(folder, "face.weights_altered").sentence
    prepared = f'"manifest.json" = "{packs.sha256(folder / "manifest.json")}"'
    (folder / NOTE).write_text(f"[sha256]\n{model}\n{prepared}\n", "utf-8")
    PackRecogniser(folder)
    packs.manifest(folder, mean=127.5, std=1e6)
    assert "manifest.json" in refused(folder, "face.weights_altered").sentence
    (folder / "manifest.json").unlink()
    assert "manifest.json" in refused(folder, "face.weights_altered").sentence


def test_a_manifest_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    """A file of the same name in a folder below would run under the hash of the one above."""
    folder = packs.pack(tmp_path, packs.tiny())
    (folder / "sub").mkdir()
    put(folder / "sub", "recogniser.onnx", packs.tiny(side=224))
    packs.manifest(folder, "sub/recogniser.onnx")
    assert "manifest.json" in refused(folder, "face.weights_altered").sentence
    put(folder, "other.onnx", packs.tiny(side=224))
    packs.manifest(folder)
    (folder / NOTE).write_text('recognition = "other.onnx"', "utf-8")
    assert "manifest.json" in refused(folder, "face.weights_altered").sentence


def test_a_manifest_that_is_exchanged_while_it_is_loaded_is_not_used(tmp_path: Path) -> None:
    folder = packs.pack(tmp_path, packs.tiny())
    packs.manifest(folder, mean=127.5)
    looked_at = opened(folder)
    packs.manifest(folder, mean=127.5, std=1e6)
    with pytest.raises(DomainError, match="weights_altered"):
        load(looked_at)


@pytest.mark.parametrize(
    "note", ["[sha256", "sha256 = 3", "recognition = []", "typo = 1", "[sha256]\n1 = {}", "\udcff"]
)
def test_a_note_that_says_nothing_clear_is_told(tmp_path: Path, note: str) -> None:
    put(tmp_path, "one.onnx", packs.tiny())
    (tmp_path / NOTE).write_bytes(note.encode("utf-8", "surrogateescape"))
    with pytest.raises(DomainError) as caught:
        opened(tmp_path)
    assert caught.value.code in ("face.pack_note", "face.weights_altered")


def test_a_file_that_is_exchanged_while_it_is_loaded_is_not_used(tmp_path: Path) -> None:
    put(tmp_path, "one.onnx", packs.tiny())
    looked_at = opened(tmp_path)
    put(tmp_path, "one.onnx", packs.tiny(side=224))
    with pytest.raises(DomainError, match="weights_altered"):
        load(looked_at)


def test_a_pack_without_thresholds_of_its_own_lets_nobody_in(tmp_path: Path) -> None:
    put(tmp_path, "one.onnx", packs.tiny())
    choice = EngineChoice(pack=tmp_path)
    with pytest.raises(NotHere, match="no_calibration"):
        FaceEngine.open(choice)
    packs.pack(tmp_path / "other")
    (tmp_path / "other" / THRESHOLDS).rename(tmp_path / THRESHOLDS)
    with pytest.raises(BadInput, match="other_calibration"):
        FaceEngine.open(choice)
    finding = FaceEngine.open(EngineChoice(pack=tmp_path, calibrating=True))
    assert finding.calibration.accept(1) == finding.calibration.same == 0.999


@given(
    arrays.arrays(np.float32, (5, 2), elements=st.floats(0, 4000, width=32), unique=True),
    st.sampled_from([112, 128, 224, 256]),
)
def test_faces_are_laid_as_insightface_lays_them(points: np.ndarray, side: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        theirs = face_align.estimate_norm(points, side)
    ours = similarity(points, side)
    if np.isfinite(theirs).all() and np.linalg.det(ours[:, :2]) > 1e-9:
        assert np.allclose(
            ours @ [[0, 4000], [0, 4000], [1, 1]], theirs @ [[0, 4000], [0, 4000], [1, 1]], atol=0.5
        )
