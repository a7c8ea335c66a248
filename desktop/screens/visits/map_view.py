"""A small drawn map: the site's circle, where a visit began and ended, each with how exact the position was."""

from math import cos, radians, sin

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.qt.theme import COLOURS, DESKTOP
from desktop import wording
from desktop.screens.visits.plot import Plot, Spot, scale_bar

COLOUR_OF = {"开始": "#0A6E3A", "结束": "#9A4A00"}
_MARGIN = 10


class MapView(QWidget):
    """Draws one plot; north is up."""

    def __init__(self) -> None:
        super().__init__()
        self._plot: Plot | None = None
        self.setMinimumHeight(160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """Wider than high: there is text at the side."""
        return QSize(400, 170)

    def show_plot(self, plot: Plot | None) -> None:
        """Draw another one."""
        self._plot = plot
        if plot is not None:
            spots = "；".join(f"{s.title}距项目 {wording.rounded_metres(s.distance_m)}" for s in plot.spots)
            self.setAccessibleDescription(spots or "没有位置")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, circle, discs, points, scale."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(COLOURS.line), 1))
        painter.setBrush(QColor("#F6F8FA"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        plot = self._plot
        if plot is None or (plot.radius_m is None and not plot.spots):
            painter.setPen(QColor(COLOURS.soft))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "没有可画的位置")
        else:
            self._paint_plot(painter, plot)
        painter.end()

    def _scale(self, plot: Plot) -> float:
        return (min(self.width(), self.height()) / 2 - _MARGIN) / plot.reach_m

    def _paint_plot(self, painter: QPainter, plot: Plot) -> None:
        scale, middle = self._scale(plot), QPointF(self.width() / 2, self.height() / 2)
        if plot.radius_m is not None:
            radius = plot.radius_m * scale
            painter.setPen(QPen(QColor(COLOURS.primary), 1.6, Qt.PenStyle.DashLine))
            painter.setBrush(QColor(10, 79, 148, 22))
            painter.drawEllipse(middle, radius, radius)
            painter.setPen(QPen(QColor(COLOURS.primary), 2))
            painter.drawLine(middle + QPointF(-5, 0), middle + QPointF(5, 0))
            painter.drawLine(middle + QPointF(0, -5), middle + QPointF(0, 5))
        for spot in plot.spots:
            self._paint_disc(painter, spot, middle, scale)
        for number, spot in enumerate(plot.spots):
            self._paint_spot(painter, spot, middle, scale, number)
        self._paint_legend(painter, plot, scale)

    def _paint_disc(self, painter: QPainter, spot: Spot, middle: QPointF, scale: float) -> None:
        if spot.accuracy_m is None:
            return
        colour = QColor(COLOUR_OF[spot.title])
        painter.setPen(QPen(colour, 1))
        colour.setAlpha(38)
        painter.setBrush(colour)
        painter.drawEllipse(_at(spot, middle, scale), spot.accuracy_m * scale, spot.accuracy_m * scale)

    def _paint_spot(self, painter: QPainter, spot: Spot, middle: QPointF, scale: float, number: int) -> None:
        """Start is a disc and end a square, so that they are told apart without colour."""
        point = _at(spot, middle, scale)
        painter.setPen(QPen(QColor(COLOURS.card), 1.6))
        painter.setBrush(QColor(COLOUR_OF[spot.title]))
        if spot.title == "开始":
            painter.drawEllipse(point, 8, 8)
        else:
            painter.drawRect(QRectF(point.x() - 4.5, point.y() - 4.5, 9, 9))
        left, y = 10.0, 10 + number * 20.0
        box = QRectF(left, y, 10, 10)
        if spot.title == "开始":
            painter.drawEllipse(box)
        else:
            painter.drawRect(box)
        self._small(painter)
        painter.setPen(QColor(COLOURS.ink))
        text = f"{spot.title} {wording.rounded_metres(spot.distance_m)}"
        painter.drawText(QPointF(left + 16, y + 10), text)

    def _paint_legend(self, painter: QPainter, plot: Plot, scale: float) -> None:
        self._small(painter)
        painter.setPen(QColor(COLOURS.soft))
        metres = scale_bar(self.width() / scale)
        length, bottom = metres * scale, self.height() - 12.0
        painter.drawText(
            QPointF(12, bottom - 6), f"{metres} 米" if metres < 1000 else f"{metres // 1000} 公里"
        )
        painter.setPen(QPen(QColor(COLOURS.soft), 2))
        painter.drawLine(QPointF(12, bottom), QPointF(12 + length, bottom))
        if plot.radius_m is not None:
            painter.setPen(QColor(COLOURS.primary_down))
            text = f"执业半径 {plot.radius_m} 米"
            width = painter.fontMetrics().horizontalAdvance(text)
            painter.drawText(QPointF(self.width() - width - 10, self.height() - 12), text)
        _north(painter, QPointF(self.width() - 18, 24))

    @staticmethod
    def _small(painter: QPainter) -> None:
        font = painter.font()
        font.setPixelSize(DESKTOP.small)
        painter.setFont(font)


def _at(spot: Spot, middle: QPointF, scale: float) -> QPointF:
    return middle + QPointF(spot.east_m * scale, -spot.north_m * scale)


def _north(painter: QPainter, point: QPointF) -> None:
    painter.setPen(QPen(QColor(COLOURS.soft), 1.6))
    painter.drawLine(point + QPointF(0, 8), point + QPointF(0, -8))
    for angle in (35, -35):
        wing = QPointF(7 * sin(radians(angle)), 7 * cos(radians(angle)))
        painter.drawLine(point + QPointF(0, -8), point + QPointF(0, -8) + wing)
    painter.drawText(QRectF(point.x() - 20, point.y() + 8, 40, 16), Qt.AlignmentFlag.AlignCenter, "北")
