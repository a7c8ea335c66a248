"""Paints a table's cell as a coloured chip with its text, so that a verdict is seen before it is read."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from core.qt.rows import ROW_ROLE
from core.qt.theme import COLOURS, DESKTOP, TONES
from desktop.shell.style import NOTE

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex

CHIP_TONES = {
    **TONES,
    "plain": (COLOURS.soft, "#E6EBEF"),
    "note": NOTE,
}
"""Text and background of chips; the words say it too."""


class ChipDelegate(QStyledItemDelegate, Generic[Row]):
    """Draws the text of a cell on a rounded ground in the tone of its row; no text, no chip."""

    def __init__(self, tone: Callable[[Row], str], parent: QWidget) -> None:
        super().__init__(parent)
        self._tone = tone

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The table's own ground first, then the chip."""
        shown: Any = option
        text = str(index.data() or "")
        blank = QStyleOptionViewItem(option)
        self.initStyleOption(blank, index)
        fields: Any = blank
        fields.text = ""
        fields.state &= ~QStyle.StateFlag.State_HasFocus
        (fields.widget.style() if fields.widget else _no_style()).drawControl(
            QStyle.ControlElement.CE_ItemViewItem, blank, painter, fields.widget
        )
        if text:
            ink, ground = CHIP_TONES[self._tone(index.data(ROW_ROLE))]
            _paint_chip(painter, QRectF(shown.rect), text, ink, ground)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Room for the chip's round ends."""
        return super().sizeHint(option, index) + QSize(16, 0)


def _no_style() -> QStyle:
    from PySide6.QtWidgets import QApplication

    return QApplication.style()


def _paint_chip(painter: QPainter, cell: QRectF, text: str, ink: str, ground: str) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = painter.font()
    font.setPixelSize(DESKTOP.small)
    painter.setFont(font)
    width = min(painter.fontMetrics().horizontalAdvance(text) + 18, cell.width() - 8)
    chip = QRectF(cell.left() + 6, cell.center().y() - 9.5, width, 20)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(chip, 10, 10)
    painter.setPen(QColor(ink))
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
