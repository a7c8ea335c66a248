"""Finds what a person sees in a program's windows: texts, and the place to press for a text or a name."""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QTabBar,
    QWidget,
)


@dataclass(frozen=True, slots=True)
class Spot:
    """Something that can be pressed: the widget, and where in it."""

    widget: QWidget
    place: QPoint


def windows() -> list[QWidget]:
    """The open windows, the one in front first."""
    shown = [window for window in QApplication.topLevelWidgets() if window.isVisible()]
    front = QApplication.activeModalWidget() or QApplication.activeWindow()
    return sorted(shown, key=lambda window: window is not front)


def visible() -> Iterator[QWidget]:
    """Every widget that is shown, whether or not one has to scroll for it."""
    for window in windows():
        yield window
        for widget in window.findChildren(QWidget):
            if widget.isVisible():
                yield widget


def texts() -> list[str]:
    """Everything that can be read, each thing once."""
    found = [window.windowTitle() for window in windows()]
    for widget in visible():
        found += _texts_of(widget)
    return list(dict.fromkeys(text for text in found if text.strip()))


def _texts_of(widget: QWidget) -> list[str]:
    match widget:
        case QLabel() | QAbstractButton():
            # What was cut to fit has the whole text in its tool tip.
            return [widget.text(), widget.toolTip()]
        case QLineEdit():
            hidden = widget.echoMode() is not QLineEdit.EchoMode.Normal
            return [] if hidden else [widget.text()]
        case QPlainTextEdit():
            return [widget.toPlainText()]
        case QComboBox():
            return [widget.currentText()]
        case QTabBar():
            return [widget.tabText(number) for number in range(widget.count())]
        case QAbstractItemView():
            return [text for _row, _column, text in _cells(widget.model())]
    return []


def _cells(model: QAbstractItemModel) -> Iterator[tuple[int, int, str]]:
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            yield row, column, str(model.index(row, column).data(Qt.ItemDataRole.DisplayRole) or "")


def named(name: str) -> QWidget | None:
    """The shown widget of this object name, or of this name for people who can't see."""
    found = [one for one in visible() if one.objectName() == name]
    found += [one for one in visible() if one.accessibleName() == name]
    return found[0] if found else None


def spot(wanted: str) -> Spot | None:
    """Where to press for an object name or a text; None if it is not there, not enabled or covered."""
    widget = named(wanted)
    if widget is not None:
        return _open(widget, None)
    for exact in (True, False):
        for one in visible():
            found = _spot_of(one, wanted, exact)
            if found is not None:
                return found
    return None


def _spot_of(widget: QWidget, wanted: str, exact: bool) -> Spot | None:
    if isinstance(widget, QTabBar):
        for number in range(widget.count()):
            if widget.tabText(number) == wanted:
                return _open(widget, widget.tabRect(number).center())
    elif isinstance(widget, QAbstractItemView):
        model = widget.model()
        for row, column, text in _cells(model):
            if text == wanted or (not exact and wanted in text):
                widget.scrollTo(model.index(row, column))
                return _open(widget.viewport(), widget.visualRect(model.index(row, column)).center())
    elif isinstance(widget, QLabel | QAbstractButton):
        text = widget.text()
        if text == wanted or (not exact and wanted in text):
            return _open(widget, None)
    return None


def _open(widget: QWidget, place: QPoint | None) -> Spot | None:
    """The spot if a finger reaches it: scrolled to, enabled, and nothing in front of it."""
    scroll_to(widget)
    if not widget.isEnabled():
        return None
    where = place or widget.visibleRegion().boundingRect().center()
    window = widget.window()
    if QApplication.activeModalWidget() not in (None, window):
        return None
    hit = window.childAt(widget.mapTo(window, where))
    reached = hit is not None and (hit is widget or widget.isAncestorOf(hit) or hit.isAncestorOf(widget))
    return (
        Spot(hit, hit.mapFrom(window, widget.mapTo(window, where))) if reached and hit is not None else None
    )


def scroll_to(widget: QWidget) -> None:
    """Brings a widget into view, whatever areas it lies in."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea) and widget is not parent.viewport():
            parent.ensureWidgetVisible(widget)
        parent = parent.parentWidget()
