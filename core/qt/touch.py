"""Things for fingers: a card that can be pressed as a whole, an area that scrolls, keys on the screen."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLineEdit,
    QScrollArea,
    QScroller,
    QVBoxLayout,
    QWidget,
)

from core.qt.icons import icon
from core.qt.looks import button, dress
from core.qt.theme import COLOURS

ERASE = "⌫"
DIGITS = ("123", "456", "789", " 0" + ERASE)
ADDRESS_WIDE = ("1234567890" + ERASE, "qwertyuiop", "asdfghjkl-", "zxcvbnm.:/")
ADDRESS_TALL = ("1234567890", "qwertyuiop", "asdfghjkl-", "zxcvbnm.:/", " " * 7 + ERASE * 3)
"""The same keys in four wide rows or five narrow ones, so that each stays as big as a fingertip."""


class TouchCard(QFrame):
    """A frame with any content that acts as one big button."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.is_down = False
        """Whether a finger is on it."""
        dress(self, "choice")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(20, 16, 20, 16)
        self.body.setSpacing(6)

    def choose(self, chosen: bool) -> None:
        """Show whether this is the one."""
        dress(self, "choice", "chosen" if chosen else "")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A press counts when the finger is lifted inside."""
        self.is_down = False
        if self.rect().contains(event.position().toPoint()):
            self.pressed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Taken, so that the release comes here too."""
        self.is_down = True
        event.accept()

    def hideEvent(self, event: QHideEvent) -> None:
        """Whoever held it can't lift his finger from it any more."""
        self.is_down = False
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter press it, as any button."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)


class TouchArea(QScrollArea):
    """An area that scrolls under a finger, with a bar wide enough for a glove."""

    def __init__(self, body: QVBoxLayout, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        inside = QWidget()
        dress(inside, "body")
        inside.setLayout(body)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        # Touch only: dragging with a mouse selects text, and there is a bar to scroll with.
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)


class Keys(QWidget):
    """A keyboard on the screen that types into whichever of its fields was touched last."""

    def __init__(self, rows: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field: QLineEdit | None = None
        self._fields: list[QLineEdit] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)
        self._made: dict[str, QWidget] = {}
        self.arrange(rows)

    def arrange(self, rows: Sequence[str]) -> None:
        """Lay the keys out; a key that is written several times in a row is that many columns wide."""
        for y, row in enumerate(rows):
            for key in dict.fromkeys(row.replace(" ", "")):
                if key not in self._made:
                    self._made[key] = self._key(key)
                self._grid.addWidget(self._made[key], y, row.index(key), 1, row.count(key))

    def type_into(self, *fields: QLineEdit) -> None:
        """The fields that these keys serve; the first is served until another is touched."""
        self._fields = list(fields)
        self._field = fields[0]
        for field in fields:
            field.installEventFilter(self)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Remember the field that has the focus."""
        if event.type() == QEvent.Type.FocusIn:
            self._field = next((field for field in self._fields if field is watched), self._field)
        return False

    def _key(self, key: str) -> QWidget:
        made = button("" if key == ERASE else key, lambda: self._press(key), "key", f"key_{key}")
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if key == ERASE:
            made.setObjectName("key_erase")
            made.setAccessibleName("退格")
            made.setIcon(icon("erase", COLOURS.ink))
        return made

    def _press(self, key: str) -> None:
        if self._field is None:
            return
        if key == ERASE:
            self._field.backspace()
        else:
            self._field.insert(key)
