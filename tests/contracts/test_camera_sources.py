"""What every camera source must do: a video file, a folder of pictures, a device that is not there."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.camera.device import DeviceSource
from core.camera.files import FolderSource, VideoSource
from core.camera.source import CameraSource, source_of
from core.errors import BadInput, Unreachable

FRAMES = 5
Make = Callable[[Path], CameraSource]


def _picture(index: int) -> np.ndarray:
    return np.full((48, 64, 3), 40 * index + 20, dtype=np.uint8)


def _video(folder: Path) -> CameraSource:
    path = folder / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 100.0, (64, 48))
    for index in range(FRAMES):
        writer.write(_picture(index))
    writer.release()
    return VideoSource(path)


def _folder(folder: Path) -> CameraSource:
    for index in range(FRAMES):
        # Chinese names, as people give them; written by bytes for OpenCV on Windows.
        (folder / f"照片{index}.png").write_bytes(cv2.imencode(".png", _picture(index))[1].tobytes())
    return FolderSource(folder, paced=False, looped=False)


@pytest.fixture(params=[_video, _folder], ids=["video", "folder"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> CameraSource:
    """Every test below runs with both."""
    make: Make = request.param
    return make(tmp_path)


def _brightness(source: CameraSource) -> list[int]:
    found = []
    while (image := source.read()) is not None:
        assert image.shape == (48, 64, 3) and image.dtype == np.uint8
        found.append(round(float(image.mean())))
    return found


def test_every_picture_comes_once_in_order_and_then_none(source: CameraSource) -> None:
    source.open()
    assert _brightness(source) == pytest.approx([40 * index + 20 for index in range(FRAMES)], abs=3)
    assert source.read() is None
    source.close()


def test_opening_and_closing_twice_does_no_harm(source: CameraSource) -> None:
    source.open()
    source.open()
    assert source.read() is not None
    source.close()
    source.close()


def test_a_source_that_was_closed_begins_anew(source: CameraSource) -> None:
    source.open()
    source.read()
    source.close()
    source.open()
    assert len(_brightness(source)) == FRAMES
    source.close()


def test_reading_a_closed_source_is_a_sentence(source: CameraSource) -> None:
    with pytest.raises(Unreachable, match=r"camera\.closed"):
        source.read()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda folder: VideoSource(folder / "none.mp4"), "camera.video"),
        (lambda folder: FolderSource(folder / "none"), "camera.folder"),
        (lambda folder: FolderSource(folder), "camera.folder"),
        (lambda folder: DeviceSource(97), "camera.absent"),
    ],
)
def test_a_source_that_is_not_there_is_a_sentence(make: Make, code: str, tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=code) as caught:
        make(tmp_path).open()
    assert caught.value.hint


def test_a_file_that_is_no_picture_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    source = FolderSource(tmp_path, paced=False)
    source.open()
    with pytest.raises(Unreachable, match=r"camera\.picture"):
        source.read()


def test_a_looped_folder_starts_over_and_sees_what_is_new(tmp_path: Path) -> None:
    _folder(tmp_path)
    source = FolderSource(tmp_path, paced=False)
    source.open()
    assert all(source.read() is not None for _ in range(FRAMES))
    (tmp_path / "a-new.png").write_bytes(cv2.imencode(".png", _picture(5))[1].tobytes())
    image = source.read()
    assert image is not None and int(image.mean()) == 220
    source.close()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("0", DeviceSource),
        ("rtsp://camera/1", DeviceSource),
        ("video:a.mp4", VideoSource),
        ("folder:x", FolderSource),
    ],
)
def test_settings_name_a_source(name: str, kind: type) -> None:
    assert isinstance(source_of(name), kind)


def test_a_name_that_is_no_source_is_a_sentence() -> None:
    with pytest.raises(BadInput):
        source_of("webcam")
