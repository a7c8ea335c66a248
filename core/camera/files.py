"""Recordings as cameras: a video file at its own pace, and a folder of pictures shown one after the other."""

import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from core.camera.source import Picture, picture
from core.clock import SystemClock
from core.errors import Unreachable

_DEFAULT_FPS = 25.0
FOLDER_FPS = 12.0
PICTURES = (".jpg", ".jpeg", ".png", ".bmp")


class _Pace:
    """Lets frames pass no faster than a camera would."""

    def __init__(self, wait: Callable[[float], None]) -> None:
        self._wait, self._clock = wait, SystemClock()
        self._due = 0.0

    def keep(self, seconds: float) -> None:
        """Waits until the next frame is due."""
        now = self._clock.monotonic()
        self._due = max(self._due + seconds, now - seconds)
        if self._due > now:
            self._wait(self._due - now)


class VideoSource:
    """A video file; ``paced`` false gives the frames as fast as they can be read."""

    def __init__(self, path: Path, *, paced: bool = True) -> None:
        self._path, self._paced = path, paced
        self._capture: cv2.VideoCapture | None = None
        self._pace = _Pace(time.sleep)
        self._seconds = 1 / _DEFAULT_FPS

    def open(self) -> None:
        """Opens the file."""
        if self._capture is not None:
            return
        capture = cv2.VideoCapture(str(self._path))
        if not capture.isOpened():
            capture.release()
            raise Unreachable("camera.video", "视频文件无法打开", "请检查文件是否存在、格式是否受支持")
        fps = capture.get(cv2.CAP_PROP_FPS)
        self._seconds = 1 / fps if fps and fps > 0 else 1 / _DEFAULT_FPS
        self._capture = capture

    def read(self) -> Picture | None:
        """The next picture; None at the end of the file."""
        if self._capture is None:
            raise Unreachable("camera.closed", "视频文件尚未打开", "请重试")
        if self._paced:
            self._pace.keep(self._seconds)
        good, image = self._capture.read()
        return picture(image) if good else None

    def close(self) -> None:
        """Closes the file."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None


class FolderSource:
    """A folder of pictures in the order of their names, again and again; what is put there later is seen later."""

    def __init__(self, folder: Path, *, paced: bool = True, looped: bool = True) -> None:
        self._folder, self._paced, self._looped = folder, paced, looped
        self._pace = _Pace(time.sleep)
        self._left: list[Path] = []
        self._opened = False

    def open(self) -> None:
        """Looks whether there are pictures at all."""
        if not self._pictures():
            raise Unreachable("camera.folder", "图片文件夹中没有图片", "请放入 JPEG 或 PNG 图片")
        if not self._opened:
            self._opened, self._left = True, self._pictures()

    def read(self) -> Picture | None:
        """The next picture; at the end from the beginning, or None if it is not looped."""
        if not self._opened:
            raise Unreachable("camera.closed", "图片文件夹尚未打开", "请重试")
        if self._paced:
            self._pace.keep(1 / FOLDER_FPS)
        if not self._left and self._looped:
            self._left = self._pictures()
        if not self._left:
            return None
        # Read by bytes: OpenCV's own reading knows no Chinese paths on Windows.
        data = np.frombuffer(self._left.pop(0).read_bytes(), np.uint8)
        image = cv2.imdecode(data, cv2.IMREAD_COLOR)
        if image is None:
            raise Unreachable("camera.picture", "图片文件无法读取", "请检查文件夹中的图片")
        return picture(image)

    def close(self) -> None:
        """Forgets the place in the folder."""
        self._opened, self._left = False, []

    def _pictures(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return sorted(file for file in self._folder.iterdir() if file.suffix.lower() in PICTURES)
