"""Parts that several screens are made of: a table with its empty state, rows of label and value, headings."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHeaderView,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.qt.looks import clear, dress, label
from core.qt.rows import RowsModel, RowsView
from desktop.shell.chips import ChipDelegate
from desktop.shell.style import plain_header
from desktop.shell.whole import WholeDelegate

Row = TypeVar("Row")


class Listing(QStackedWidget, Generic[Row]):
    """A table, or in its place a sentence that says how it will be filled."""

    def __init__(self, model: RowsModel[Row], empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model, self.table = model, RowsView(model)
        self.table.setShowGrid(False)
        plain_header(self.table.horizontalHeader())
        self.table.verticalHeader().setDefaultSectionSize(34)
        self.table.setTabKeyNavigation(False)  # Tab leaves the table; arrows move in it
        self.hint = label(empty, "soft")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setMargin(40)
        self.addWidget(self.table)
        self.addWidget(self.hint)
        model.modelReset.connect(self._choose)
        self._choose()

    def widths(self, *pixels: int) -> None:
        """Widths of the columns from the left; the last one takes what remains."""
        for column, width in enumerate(pixels):
            self.table.setColumnWidth(column, width)

    def whole(self, *columns: int) -> None:
        """Rows as high as the texts in these columns need: for few rows, in which somebody reads sentences."""
        self.table.setWordWrap(True)
        for column in columns:
            self.table.setItemDelegateForColumn(column, WholeDelegate(self.table))
        self.table.verticalHeader().setMinimumSectionSize(34)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    def chip(self, column: int, tone: Callable[[Row], str]) -> None:
        """Paint a column's texts as chips."""
        self.table.setItemDelegateForColumn(column, ChipDelegate(tone, self.table))

    def say(self, empty: str) -> None:
        """Another sentence for when there is nothing."""
        self.hint.setText(empty)

    def _choose(self) -> None:
        self.setCurrentWidget(self.table if self.model.rowCount() else self.hint)


class Pages(QStackedWidget):
    """Pages, one in front; wrapped text in one of them does not make the window insist on a height."""

    def hasHeightForWidth(self) -> bool:
        """No: a page that needs more room scrolls."""
        return False


class Choice(QComboBox):
    """A drop-down list; its arrow is painted here, because a styled one has none."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """The arrow, after all the rest."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().text().color(), 1.6))
        middle = QPointF(self.width() - 14, self.height() / 2)
        low = middle + QPointF(0, 2.5)
        painter.drawPolyline([low + QPointF(-4, -4), low, low + QPointF(4, -4)])
        painter.end()


class Facts(QWidget):
    """Rows of a soft label and a value that may be marked and copied."""

    def __init__(self, columns: int = 1, label_width: int = 96, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns, self._label_width = columns, label_width
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(7)

    def show_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """Replace all rows; an empty value is shown as a dash."""
        clear(self._grid)
        for number, (title, value) in enumerate(rows):
            row, column = divmod(number, self._columns)
            name = label(title, "soft", wrap=False)
            name.setFixedWidth(self._label_width)
            name.setAlignment(Qt.AlignmentFlag.AlignTop)
            text = label(value or "—")
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(name, row, 2 * column)
            self._grid.addWidget(text, row, 2 * column + 1)
        for column in range(self._columns):
            self._grid.setColumnStretch(2 * column + 1, 1)


class Elided(QLabel):
    """One line that ends in … where there is no room; the whole text is in the tool tip."""

    def __init__(self, text: str = "", look: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = text
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setMinimumWidth(60)
        dress(self, look)
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """Another text."""
        self._whole = text
        self.setToolTip(text)
        self._fit()

    def whole(self) -> str:
        """The text as it was given."""
        return self._whole

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics = QFontMetrics(self.font())
        self.setText(metrics.elidedText(self._whole, Qt.TextElideMode.ElideRight, max(self.width() - 4, 60)))


def scrolled(inside: QWidget) -> QScrollArea:
    """A widget in an area that scrolls when there is not enough room."""
    area = QScrollArea()
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    dress(inside, "page")
    return area


def padded(layout: QVBoxLayout, margin: int = 16, gap: int = 12) -> QVBoxLayout:
    """The usual space around and between."""
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(gap)
    return layout
