"""Pictures between the camera's arrays, JPEG bytes and what Qt paints."""

from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPixmap


def from_bgr(image: Any) -> QImage:
    """A picture over an array of height x width x 3 in BGR, without copying; the array must outlive it."""
    height, width = image.shape[:2]
    return QImage(image.data, width, height, image.strides[0], QImage.Format.Format_BGR888)


def from_jpeg(data: bytes) -> QImage:
    """A picture from JPEG or PNG bytes; a null image where they are no picture."""
    return QImage.fromData(data)


def rounded(image: QImage, width: int, height: int, radius: int) -> QPixmap:
    """The picture cut to fill the given size, with round corners; keeps the upper middle, where a face is."""
    ready = QPixmap(width, height)
    ready.fill(Qt.GlobalColor.transparent)
    if image.isNull():
        return ready
    mode = Qt.AspectRatioMode.KeepAspectRatioByExpanding
    scaled = image.scaled(width, height, mode, Qt.TransformationMode.SmoothTransformation)
    painter = QPainter(ready)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = QPainterPath()
    path.addRoundedRect(QRectF(0, 0, width, height), radius, radius)
    painter.setClipPath(path)
    painter.drawImage((width - scaled.width()) // 2, (height - scaled.height()) // 3, scaled)
    painter.end()
    return ready
