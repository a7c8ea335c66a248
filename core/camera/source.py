"""The interface of a camera source, its frames, and how a source is named in settings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput

Picture = NDArray[np.uint8]
"""Height × width × 3, blue-green-red."""


def picture(image: Any) -> Picture:
    """What OpenCV gives, untouched: whether it is a picture is found out in one place, for every source."""
    return np.asarray(image)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture, when it was taken (seconds of the monotonic clock), and its number since the source was opened."""

    image: Picture
    t: float
    index: int


class CameraSource(Protocol):
    """Something that gives pictures one after the other; belongs to one thread."""

    def open(self) -> None:
        """Makes ready; raises ``Unreachable`` with a sentence when there is no such camera."""

    def read(self) -> Picture | None:
        """The next picture, waiting for it; None when a recording is over. Raises ``Unreachable`` when it is lost."""

    def close(self) -> None:
        """Lets go; twice does no harm."""


def source_of(name: str) -> CameraSource:
    """The source that settings name: a device's number, ``rtsp://…``, ``video:FILE`` or ``folder:FOLDER``."""
    from core.camera.device import DeviceSource
    from core.camera.files import FolderSource, VideoSource

    kind, _, rest = name.partition(":")
    makers: dict[str, Any] = {"video": VideoSource, "folder": FolderSource}
    if kind in makers and rest:
        return makers[kind](Path(rest))  # type: ignore[no-any-return]
    if name.isdigit() or kind in ("rtsp", "http", "https"):
        return DeviceSource(int(name) if name.isdigit() else name)
    raise BadInput("camera.name", "摄像头设置无法识别", "请填写序号、rtsp://…、video:文件 或 folder:文件夹")
