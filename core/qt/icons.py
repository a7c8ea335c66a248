"""A few plain icons, painted and not loaded, so that they have any size and colour."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from core.qt.theme import COLOURS

Draw = Callable[[QPainter, QColor], None]


def icon(name: str, colour: str, size: int = 48) -> QIcon:
    """An icon for a button; pale when the button is disabled, as its text is."""
    made = QIcon(pixmap(name, colour, size))
    made.addPixmap(pixmap(name, COLOURS.disabled_ink, size), QIcon.Mode.Disabled)
    return made


def pixmap(name: str, colour: str, size: int) -> QPixmap:
    """The icon as a picture of ``size`` pixels; the drawings below live in a square of 24."""
    ready = QPixmap(size, size)
    ready.fill(Qt.GlobalColor.transparent)
    painter = QPainter(ready)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / 24, size / 24)
    _DRAWINGS[name](painter, QColor(colour))
    painter.end()
    return ready


def _stroke(painter: QPainter, colour: QColor, width: float = 2.4) -> None:
    pen = QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _fill(painter: QPainter, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)


def _lines(painter: QPainter, *points: tuple[float, float]) -> None:
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))


def _start(painter: QPainter, colour: QColor) -> None:
    _fill(painter, colour)
    painter.drawPolygon(QPolygonF([QPointF(7, 4), QPointF(20, 12), QPointF(7, 20)]))


def _stop(painter: QPainter, colour: QColor) -> None:
    _fill(painter, colour)
    painter.drawRoundedRect(QRectF(5, 5, 14, 14), 2, 2)


def _check(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 3)
    _lines(painter, (4.5, 12.5), (10, 18), (19.5, 6.5))


def _cross(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 3)
    _lines(painter, (6, 6), (18, 18))
    _lines(painter, (18, 6), (6, 18))


def _warning(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour)
    painter.drawPolygon(QPolygonF([QPointF(12, 3.5), QPointF(22, 20.5), QPointF(2, 20.5)]))
    _lines(painter, (12, 10), (12, 14.5))
    painter.drawPoint(QPointF(12, 17.6))


def _back(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour)
    _lines(painter, (14.5, 5), (7.5, 12), (14.5, 19))


def _camera(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 2)
    painter.drawRoundedRect(QRectF(2.5, 7, 19, 13), 2.5, 2.5)
    _lines(painter, (8, 7), (9.5, 4.5), (14.5, 4.5), (16, 7))
    painter.drawEllipse(QPointF(12, 13.2), 3.8, 3.8)


def _gear(painter: QPainter, colour: QColor) -> None:
    """Three sliders: a cog wheel is unreadable when small."""
    _stroke(painter, colour, 2)
    for y, knob in ((6, 15), (12, 8), (18, 16)):
        _lines(painter, (3, y), (21, y))
        painter.setBrush(QColor("#FFFFFF"))
        painter.drawEllipse(QPointF(knob, y), 2.4, 2.4)


def _wait(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 2.2)
    painter.drawEllipse(QPointF(12, 12), 9, 9)
    _lines(painter, (12, 6.5), (12, 12), (15.5, 14.5))


def _person(painter: QPainter, colour: QColor) -> None:
    _fill(painter, colour)
    painter.drawEllipse(QPointF(12, 8), 4.4, 4.4)
    shoulders = QPainterPath(QPointF(3.5, 21))
    shoulders.cubicTo(QPointF(4, 11.5), QPointF(20, 11.5), QPointF(20.5, 21))
    painter.drawPath(shoulders)


def _form(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 2)
    painter.drawRoundedRect(QRectF(5, 3, 14, 18), 2, 2)
    for y, right in ((8, 16), (12, 16), (16, 12.5)):
        _lines(painter, (8, y), (right, y))


def _erase(painter: QPainter, colour: QColor) -> None:
    _stroke(painter, colour, 2)
    painter.drawPolygon(
        QPolygonF(
            [QPointF(2.5, 12), QPointF(8.5, 5.5), QPointF(21, 5.5), QPointF(21, 18.5), QPointF(8.5, 18.5)]
        )
    )
    _lines(painter, (11.5, 9), (17, 15))
    _lines(painter, (17, 9), (11.5, 15))


_DRAWINGS: dict[str, Draw] = {
    "start": _start,
    "stop": _stop,
    "check": _check,
    "cross": _cross,
    "warning": _warning,
    "back": _back,
    "camera": _camera,
    "gear": _gear,
    "wait": _wait,
    "person": _person,
    "form": _form,
    "erase": _erase,
}
