"""The window before the kiosk's own: it waits while files are opened, and says what keeps the kiosk from starting."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from core.qt.errors import explain
from core.qt.icons import pixmap
from core.qt.looks import button, dress, label
from core.qt.theme import COLOURS, KIOSK, apply_kiosk

OPENING = "正在打开本机数据…"
_SIGN_PX = 112


class Front(QWidget):
    """A sign, a sentence, what to do, and a way out."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_kiosk(app)
        self.setObjectName("window")
        self.setWindowTitle("执业")
        dress(self, "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.resize(800, 1280)
        self._sign, self._sentence, self._hint = label(), label("", "title"), label("", "big")
        self._leave = button("退出", self._exit, "primary", "exit")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(48, 48, 48, 48)
        layout.setSpacing(KIOSK.gap)
        layout.addStretch(1)
        for name, made in (("sign", self._sign), ("sentence", self._sentence), ("hint", self._hint)):
            made.setObjectName(name)
            made.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(made)
        layout.addStretch(1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._leave, 2)
        foot.addStretch(1)
        layout.addLayout(foot)
        self.wait()

    def wait(self) -> None:
        """Files are being opened."""
        self._say("wait", COLOURS.warn, OPENING, "")

    def explain(self, error: BaseException) -> None:
        """The kiosk can't start: why, and what to do."""
        said = explain(error)
        self._say("warning", COLOURS.bad, said.sentence, said.hint)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Whoever closes it wants to leave."""
        self.closed.emit()
        super().closeEvent(event)

    def _exit(self) -> None:
        self.close()

    def _say(self, sign: str, colour: str, sentence: str, hint: str) -> None:
        self._sign.setPixmap(pixmap(sign, colour, _SIGN_PX))
        self._sentence.setText(sentence)
        self._hint.setText(hint)
        self._leave.setVisible(bool(hint))
