"""The window before the main window: pairing, login, or a sentence about what keeps the program from starting."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from core.qt.looks import button, column, dress, frame, label
from core.qt.tasks import Tasks
from desktop.login.view import LoginPage
from desktop.pairing.view import PairingPage
from desktop.shell.saying import said

TITLE = "消防技术服务执业管理"
DEMO = "演示服务器：人员和项目都是虚构的，不能用于真实执业。"


class Front(QWidget):
    """A card in the middle with one page at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.tasks = Tasks(self.explain, self, leaving=["online", "demo"])
        self.login: LoginPage | None = None
        self.pairing: PairingPage | None = None
        self._stack = QStackedWidget()
        self._stack.setFixedWidth(400)
        self._words = label("正在打开本机数据…", "soft")
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._quit = button("退出", self._leave, "primary", "front_quit")
        self._quit.hide()
        self._notice = QWidget()
        self._notice.setLayout(column(self._words, self._quit, gap=16))
        self._stack.addWidget(self._notice)
        self._demo = label(DEMO, "note", "warn", wrap=False)
        self._demo.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._demo.hide()
        self.setWindowTitle(TITLE)
        dress(self, "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.resize(960, 640)
        inside = QVBoxLayout()
        inside.setContentsMargins(32, 28, 32, 24)
        inside.addWidget(self._stack)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(frame("card", inside))
        across.addStretch(1)
        name = label(TITLE, "title")
        name.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addWidget(name)
        layout.addWidget(self._demo, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addSpacing(16)
        layout.addLayout(across)
        layout.addStretch(3)

    def show_pairing(self, page: PairingPage) -> None:
        """First start."""
        self.pairing = page
        self._bring(page)
        page.begin()

    def show_login(self, page: LoginPage) -> None:
        """Paired: who is it?"""
        self.login = page
        self._bring(page)
        page.begin()

    def again(self, note: str = "") -> None:
        """Back from the main window, perhaps with something that is still to be told."""
        self.show()
        if self.login is not None:
            self.login.begin(note)

    def show_demo(self, demo: bool) -> None:
        """Whether the server behind this window is the demo's."""
        self._demo.setVisible(demo)
        self.setWindowTitle(f"演示　{TITLE}" if demo else TITLE)

    def explain(self, error: BaseException) -> None:
        """What keeps the program from starting: nothing is left to do but to go."""
        self._words.setText(said(error))
        self._quit.show()
        self._stack.setCurrentWidget(self._notice)
        self._quit.setFocus()

    def words(self) -> str:
        """What stands there while no page does."""
        return self._words.text()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Finish what has begun here; the server is not waited for."""
        self.tasks.close()
        super().closeEvent(event)

    def _leave(self) -> None:
        self.close()

    def _bring(self, page: QWidget) -> None:
        if self._stack.indexOf(page) < 0:
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
