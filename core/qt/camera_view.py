"""The live picture: the newest frame, the face's outline, how far the check is; cheap to paint."""

from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.qt.images import from_bgr

_RING = 10
_SHADE = QColor(9, 17, 25, 120)


Box = tuple[float, float, float, float]
"""Left, top, width, height of a face as fractions of the frame, whatever size the frame is painted in."""


class CameraView(QWidget):
    """Paints the newest frame only; frames that come while it paints are never queued."""

    def __init__(self, mirrored: bool = True, whole: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mirrored = mirrored  # people steer themselves as in a mirror
        self._whole = whole  # a photo must show all that is kept; a mirror may be cut
        self._array: Any = None
        self._image = QImage()
        self._box: Box | None = None
        self._fraction = 0.0
        self._ready = False
        self._guide = True
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 200)

    def sizeHint(self) -> QSize:
        """A usual camera's shape."""
        return QSize(640, 480)

    def show_frame(self, array: Any) -> None:
        """Take the newest frame (height x width x 3, BGR); the array is kept, not copied."""
        self._array = array
        self._image = from_bgr(array)
        self.update()

    def show_face(self, box: Box | None, fraction: float, ready: bool) -> None:
        """Where the face is, how much of the check is done, and whether the face is as it should be."""
        said = (self._fraction, self._ready)
        self._box, self._fraction, self._ready = box, min(max(fraction, 0.0), 1.0), ready
        # Where the face is changes with every frame: it is painted with the next one, not a second time for itself.
        if self._image.isNull() or said != (self._fraction, self._ready):
            self.update()

    def show_guide(self, shown: bool) -> None:
        """With or without the oval; taking a photo of a fault needs none."""
        self._guide = shown
        self.update()

    def clear(self) -> None:
        """Forget the picture, so that nobody sees the person before him."""
        self._array, self._image, self._box, self._fraction = None, QImage(), None, 0.0
        self._ready = False
        self.update()

    def has_picture(self) -> bool:
        """Whether a frame has arrived since the last ``clear``."""
        return not self._image.isNull()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The frame fills the widget; what sticks out is cut."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#16212B"))
        if not self._image.isNull():
            self._paint_frame(painter)
        if self._guide:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_guide(painter)
        painter.end()

    def _target(self) -> QRectF:
        fit = min if self._whole else max
        scale = fit(self.width() / self._image.width(), self.height() / self._image.height())
        width, height = self._image.width() * scale, self._image.height() * scale
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def _paint_frame(self, painter: QPainter) -> None:
        painter.save()
        if self._mirrored:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        painter.drawImage(self._target(), self._image)
        painter.restore()

    def _paint_guide(self, painter: QPainter) -> None:
        oval = self._oval()
        shade = QPainterPath()
        shade.addRect(QRectF(self.rect()))
        shade.addEllipse(oval)
        painter.fillPath(shade, _SHADE)
        painter.setPen(
            QPen(QColor("#FFFFFF"), 4, Qt.PenStyle.DashLine if self._box is None else Qt.PenStyle.SolidLine)
        )
        painter.drawEllipse(oval)
        if self._fraction > 0:
            pen = QPen(QColor("#35C46F"), _RING, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawArc(oval, 90 * 16, -int(self._fraction * 360 * 16))
        if self._box is not None:
            self._paint_corners(painter, self._face(self._box))

    def _oval(self) -> QRectF:
        height = min(self.height() * 0.82, self.width() * 1.05)
        width = height * 0.74
        middle = QPointF(self.width() / 2, self.height() / 2)
        return QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height)

    def _face(self, box: Box) -> QRectF:
        if self._image.isNull():
            return QRectF()
        target = self._target()
        left, top, width, height = box
        if self._mirrored:
            left = 1 - left - width
        return QRectF(
            target.left() + left * target.width(),
            target.top() + top * target.height(),
            width * target.width(),
            height * target.height(),
        )

    def _paint_corners(self, painter: QPainter, face: QRectF) -> None:
        """Four corners say where the face was found without hiding it."""
        painter.setPen(QPen(QColor("#35C46F" if self._ready else "#FFC94D"), 6, c=Qt.PenCapStyle.RoundCap))
        arm = min(face.width(), face.height()) * 0.18
        for corner, across, down in (
            (face.topLeft(), 1, 1),
            (face.topRight(), -1, 1),
            (face.bottomLeft(), 1, -1),
            (face.bottomRight(), -1, -1),
        ):
            painter.drawLine(corner, corner + QPointF(arm * across, 0))
            painter.drawLine(corner, corner + QPointF(0, arm * down))
