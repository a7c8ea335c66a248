"""Who was on site when: the hours of one day, a line for each person, a bar for each visit."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.qt.theme import COLOURS, DESKTOP
from desktop import wording
from desktop.screens.visits.plot import Bar, DayPlot

LINE = 26
NAMES = 84
TOP = 22
BAR_TONES = {
    "open": ("#0A4F94", "#A9CBEE"),
    "valid": ("#084A25", "#7CC79A"),
    "zeroed": ("#861010", "#EBA6A1"),
    "invalid": ("#861010", "#F4D9D7"),
    "pending": ("#5C3A00", "#F0CD85"),
}
"""Edge and filling of a bar by its verdict; the word stands in the bar too."""


class DayView(QWidget):
    """Draws one day; a click on a bar chooses its visit."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._plot: DayPlot | None = None
        self._selected = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.show_day(None, "")  # gives it a height: an empty one would take a whole screen

    def show_day(self, plot: DayPlot | None, selected: str) -> None:
        """Draw another day, or mark another visit."""
        self._plot, self._selected = plot, selected
        lines = len(plot.people) if plot else 0
        self.setFixedHeight(TOP + LINE * max(lines, 1) + 10)
        if plot is not None:
            self.setAccessibleDescription(f"{plot.day} 现场人员：{'、'.join(plot.people)}")
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(400, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Hours, names, bars, and now."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = painter.font()
        font.setPixelSize(DESKTOP.small)
        painter.setFont(font)
        if self._plot is not None:
            self._paint_hours(painter, self._plot)
            for number, person in enumerate(self._plot.people):
                self._paint_name(painter, person, number)
            for bar in self._plot.bars:
                self._paint_bar(painter, self._plot, bar)
            self._paint_now(painter, self._plot)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """A bar's words as a tool tip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            bar = self._bar_at(QPointF(event.pos()))
            text = (
                f"{bar.person}　{_hour(bar.start_h)}–{'现在' if bar.open else _hour(bar.end_h)}"
                if bar
                else ""
            )
            QToolTip.showText(
                event.globalPos(), text and f"{text}　{wording.verdict(bar.state)}" if bar else ""
            )
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the visit under the pointer."""
        bar = self._bar_at(event.position())
        if bar is not None:
            self.chosen.emit(bar.visit_id)

    def _x(self, plot: DayPlot, hour: float) -> float:
        return NAMES + (hour - plot.from_h) / (plot.to_h - plot.from_h) * (self.width() - NAMES - 12)

    def _rect(self, plot: DayPlot, bar: Bar) -> QRectF:
        top = TOP + plot.people.index(bar.person) * LINE
        left, right = self._x(plot, bar.start_h), self._x(plot, min(bar.end_h, plot.to_h))
        return QRectF(left, top + 4, max(right - left, 3), LINE - 8)

    def _bar_at(self, point: QPointF) -> Bar | None:
        if self._plot is None:
            return None
        plot = self._plot
        return next((b for b in reversed(plot.bars) if self._rect(plot, b).contains(point)), None)

    def _paint_hours(self, painter: QPainter, plot: DayPlot) -> None:
        step = 1 if (plot.to_h - plot.from_h) <= 12 else 2 if plot.to_h - plot.from_h <= 24 else 4
        bottom = TOP + LINE * max(len(plot.people), 1)
        for hour in range(plot.from_h, plot.to_h + 1, step):
            x = self._x(plot, hour)
            painter.setPen(QPen(QColor("#DDE4EA"), 1))
            painter.drawLine(QPointF(x, TOP), QPointF(x, bottom))
            painter.setPen(QColor(COLOURS.soft))
            painter.drawText(QRectF(x - 20, 2, 40, 18), Qt.AlignmentFlag.AlignCenter, f"{hour % 24}")

    def _paint_name(self, painter: QPainter, person: str, number: int) -> None:
        painter.setPen(QColor(COLOURS.ink))
        cell = QRectF(8, TOP + number * LINE, NAMES - 14, LINE)
        text = painter.fontMetrics().elidedText(person, Qt.TextElideMode.ElideRight, int(cell.width()))
        painter.drawText(cell, Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_bar(self, painter: QPainter, plot: DayPlot, bar: Bar) -> None:
        edge, filling = BAR_TONES.get(bar.state, BAR_TONES["pending"])
        rect = self._rect(plot, bar)
        painter.setPen(QPen(QColor(edge), 2.2 if bar.visit_id == self._selected else 1))
        painter.setBrush(QColor(filling))
        painter.drawRoundedRect(rect, 4, 4)
        word = wording.verdict(bar.state)
        if painter.fontMetrics().horizontalAdvance(word) + 8 < rect.width():
            painter.setPen(QColor(edge))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, word)

    def _paint_now(self, painter: QPainter, plot: DayPlot) -> None:
        if plot.now_h is None or plot.now_h > plot.to_h:
            return
        x = self._x(plot, plot.now_h)
        painter.setPen(QPen(QColor(COLOURS.primary), 1.2, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, TOP - 3), QPointF(x, self.height() - 8))


def _hour(hour: float) -> str:
    minutes = round(hour * 60)
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
