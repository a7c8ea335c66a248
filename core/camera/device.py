"""A USB or network camera by OpenCV."""

import cv2

from core.camera.source import Picture, picture
from core.errors import Unreachable

SIZE = (1280, 720)
_HINT = "请检查摄像头连接和权限，然后重试"


class DeviceSource:
    """A camera by its number or its RTSP address; only the newest picture is kept in its buffer."""

    def __init__(self, address: int | str) -> None:
        self._address = address
        self._capture: cv2.VideoCapture | None = None

    def open(self) -> None:
        """Opens the camera; a number that is no camera is told."""
        if self._capture is not None:
            return
        capture = cv2.VideoCapture(self._address)
        if not capture.isOpened():
            capture.release()
            raise Unreachable("camera.absent", "没有找到摄像头", _HINT)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        if isinstance(self._address, int):
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, SIZE[0])
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, SIZE[1])
        self._capture = capture

    def read(self) -> Picture | None:
        """The next picture; a camera that was pulled out is told."""
        if self._capture is None:
            raise Unreachable("camera.closed", "摄像头尚未打开", _HINT)
        try:
            good, image = self._capture.read()
        except cv2.error:
            good, image = False, None
        if not good or image is None:
            raise Unreachable("camera.lost", "摄像头连接中断", _HINT)
        return picture(image)

    def close(self) -> None:
        """Lets go of the camera."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None
