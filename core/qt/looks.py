"""Makers of widgets whose appearance the style sheet decides by their properties ``look`` and ``tone``."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget


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
    widget.updateGeometry()  # the other look may have another padding


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
