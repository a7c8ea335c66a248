"""Makers of widgets whose appearance the style sheet decides by their properties ``look`` and ``tone``."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)


def label(text: str = "", look: str = "", tone: str = "", wrap: bool = True) -> QLabel:
    """A text that is never taken for markup, because names and remarks come from people."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    dress(made, look, tone)
    return made


def button(
    text: str, pressed: Callable[[], None] | None = None, look: str = "", name: str = ""
) -> QPushButton:
    """A push button; ``name`` is how tests and accessibility tools find it."""
    made = QPushButton(text)
    made.setObjectName(name)
    made.setAccessibleName(text)
    dress(made, look)
    if pressed is not None:
        made.clicked.connect(lambda _checked=False: pressed())
    return made


def frame(look: str, layout: QLayout | None = None) -> QFrame:
    """A framed area with its layout."""
    made = QFrame()
    dress(made, look)
    if layout is not None:
        made.setLayout(layout)
    return made


def column(*widgets: QWidget, gap: int = 8, margin: int = 0) -> QVBoxLayout:
    """Widgets one under the other."""
    layout = QVBoxLayout()
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(gap)
    for widget in widgets:
        layout.addWidget(widget)
    return layout


def dress(widget: QWidget, look: str, tone: str = "") -> None:
    """Set look and tone; Qt reads the style sheet again only when asked."""
    if widget.property("look") == look and widget.property("tone") == tone:
        return
    widget.setProperty("look", look)
    widget.setProperty("tone", tone)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    # The other look may have another padding, and a label works out its frame anew only when it is told.
    QApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))


class ShortLabel(QLabel):
    """A text that gives way where room is scarce: it ends in … and says the whole when asked."""

    def __init__(self, look: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        dress(self, look)

    def say(self, text: str) -> None:
        """Show a text, or as much of it as fits."""
        if text != self.text():
            self.setText(text)
            self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:
        """Room for a few characters at least."""
        around = self.width() - self.contentsRect().width()
        few = self.fontMetrics().horizontalAdvance("中文…") + around
        return QSize(min(few, self.sizeHint().width()), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Only what fits is painted; the text itself stays whole."""
        room = self.contentsRect()
        painter = QPainter(self)
        self.drawFrame(painter)
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        align = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.style().drawItemText(
            painter, room, align, self.palette(), self.isEnabled(), shown, self.foregroundRole()
        )
        painter.end()


def keep_place(widget: QWidget) -> QWidget:
    """Keep a hidden widget's room, so that nothing under a finger moves."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)
    return widget


def stretch(widget: QWidget) -> QWidget:
    """Let a widget take all the width it can get."""
    widget.setSizePolicy(QSizePolicy.Policy.Expanding, widget.sizePolicy().verticalPolicy())
    return widget


def clear(layout: QLayout) -> None:
    """Remove and delete everything in a layout, nested layouts too."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)
