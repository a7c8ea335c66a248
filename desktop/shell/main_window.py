"""The frame: sidebar, the screen in front, message bar, search and sync light; it knows no screen by name."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from core.qt.looks import button, frame, label
from core.qt.messages import MessageBar
from core.qt.tasks import Task, Tasks
from desktop.desk import Desk
from desktop.ports import Services
from desktop.rights import Rights, rights_of
from desktop.shell.loading import Loader
from desktop.shell.navigation import Navigation
from desktop.shell.parts import Pages
from desktop.shell.saying import said
from desktop.shell.screen import Screen, all_screens
from desktop.shell.search import SearchBox
from desktop.shell.style import sheet
from desktop.shell.sync_light import SyncLight

_SETTLE_MS = 150
"""Rows come in bursts; the screen reads again once a burst has settled."""
_LIGHT_MS = 15_000
LEAVING = (
    "还有一项操作在等待服务器答复，请稍候再关闭；再次关闭则不再等待，操作可能已经完成，请下次登录后核对。"
)


class MainWindow(QMainWindow):
    """Frame only; everything that is shown belongs to a screen."""

    leaving = Signal()
    """The user wants to log out."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.messages = MessageBar()
        self.tasks = Tasks(self._explain, self, finishing=["write"], leaving=["online"])
        self.desk = Desk(services, self.tasks, self.messages, self.go, self.rows_arrived)
        self._specs = {spec.key: spec for spec in all_screens()}
        self._screens: dict[str, Screen] = {}
        self._current = ""
        self._told: list[Task[Any]] = []
        self._stack = QStackedWidget()
        self._light = SyncLight(lambda: self.go("sync"))
        self.navigation = Navigation(list(self._specs.values()), self.go, services.title)
        self.search = SearchBox(self.desk, self)
        self._rights: Loader[Rights] = Loader(self.tasks, self.navigation.show_rights)
        self.setWindowTitle(f"{services.title} · {services.me.name}")
        self.setStyleSheet(sheet())
        self.resize(1280, 800)
        self._build()
        self._add_keys()
        self._settle = self._timer(_SETTLE_MS, self._refresh, single=True)
        self._tick = self._timer(_LIGHT_MS, self.show_sync, single=False)
        self._tick.start()
        self.navigation.show_rights(Rights())
        self.go(next(iter(self._specs)))
        self.rows_arrived()
        self.show_sync()

    def go(self, key: str, argument: str | None = None) -> None:
        """Bring a screen to the front; it is made when it is first wanted."""
        if key not in self._screens:
            self._screens[key] = self._specs[key].make(self.desk)
            self._stack.addWidget(self._screens[key])
        self._current = key
        self._stack.setCurrentWidget(self._screens[key])
        self.navigation.choose(key)
        self._screens[key].open(argument)

    def current(self) -> Screen:
        """The screen in front."""
        return self._screens[self._current]

    def rows_arrived(self) -> None:
        """Rows of the local copy have changed: called at every change, acts once it is quiet."""
        if not self._settle.isActive():
            self._settle.start()

    def show_sync(self) -> None:
        """Show how the exchange stands."""
        self._light.show_state(self.desk.sync.state(), self.desk.clock.now())

    def reload(self) -> None:
        """F5: exchange now, and read again."""
        self.desk.sync.now()
        self._refresh()
        self.show_sync()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Finish what has begun here; whoever would miss the server's answer is told once, and not kept."""
        waiting = self.desk.unanswered()
        if waiting and waiting != self._told:
            self._told = waiting
            self.messages.show_message(LEAVING, "warn")
            event.ignore()
            return
        self._tick.stop()
        self._settle.stop()
        self.tasks.close()
        super().closeEvent(event)

    def dismiss(self) -> None:
        """Close without asking, as after the logout."""
        self._told = self.desk.unanswered()
        self.close()

    def _explain(self, error: BaseException) -> None:
        self.messages.show_message(said(error), "bad")

    def _refresh(self) -> None:
        self._rights.ask(self._read_rights)
        self.current().refresh()

    def _read_rights(self) -> Rights:
        with self.desk.store.reading() as db:
            return rights_of(db, self.desk.me)

    def _build(self) -> None:
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(frame("bar", self._top()))
        right.addWidget(self.messages)
        right.addWidget(self._stack, 1)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.navigation)
        row.addLayout(right, 1)
        middle = QWidget()
        middle.setLayout(row)
        ground = Pages()
        ground.addWidget(middle)
        self.setCentralWidget(ground)

    def _top(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(16, 8, 12, 8)
        find = button("搜索项目…　Ctrl+K", self.search.begin, "search", "search")
        find.setMinimumWidth(260)
        find.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row.addWidget(find)
        row.addStretch(1)
        row.addWidget(self._light)
        who = label(self.desk.me.name or self.desk.me.login, "soft", wrap=False)
        row.addWidget(who)
        row.addWidget(button("退出登录", self.leaving.emit, "plain", "log_out"))
        return row

    def _add_keys(self) -> None:
        for keys, act in (
            ("Ctrl+K", self.search.begin),
            ("F5", self.reload),
            ("Esc", self._back),
            ("Ctrl+F", self._find),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(act)

    def _back(self) -> None:
        if self.messages.text():
            self.messages.clear()
        else:
            self.current().back()

    def _find(self) -> None:
        if not self.current().look_for():
            self.search.begin()

    def _timer(self, milliseconds: int, act: Callable[[], None], *, single: bool) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(milliseconds)
        timer.setSingleShot(single)
        timer.timeout.connect(act)
        return timer
