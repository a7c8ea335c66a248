"""The message bar: one line at a time that says what happened, what was kept and what to do."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from core.qt.errors import Explanation, explain
from core.qt.looks import button, dress, label

_SECONDS = {"plain": 6, "good": 6, "warn": 12}


class MessageBar(QFrame):
    """Shows the newest message; bad news stays until it is read, the rest goes by itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = label()
        self._text.setObjectName("message")
        self._close = button("知道了", self.clear, "plain", "message_close")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 4, 4)
        row.addWidget(self._text, 1)
        row.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.clear)
        self.hide()

    def show_message(self, text: str, tone: str = "plain") -> None:
        """Replace what stands there."""
        self._text.setText(text)
        dress(self, "messages", tone)
        self.show()
        self._timer.stop()
        if tone in _SECONDS:
            self._timer.start(_SECONDS[tone] * 1000)

    def show_error(self, error: BaseException) -> Explanation:
        """Explain an error; give back what was said, for whoever wants to act on its code."""
        said = explain(error)
        self.show_message(said.text, "bad")
        return said

    def text(self) -> str:
        """What stands there, empty when nothing does."""
        return self._text.text() if not self.isHidden() else ""

    def clear(self) -> None:
        """Take the message away."""
        self._timer.stop()
        self.hide()
