"""Cells that show the whole of a text in as many lines as it needs, and let their row be as high."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView

_SIDES, _ABOVE = 24, 14
"""What the style sheet leaves free beside a cell's text, and what stands above and below several lines."""


class WholeDelegate(QStyledItemDelegate):
    """Qt measures a text for the width of the column, and then gives it less."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As high as its lines."""
        width = self._table.columnWidth(index.column())
        room = QRect(0, 0, max(width - _SIDES, 40), 10_000)
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        metrics = QFontMetrics(self._table.font())
        return QSize(width, metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, text).height() + _ABOVE)
