"""The light that says how the exchange with the server stands; a click shows what waits and what was refused."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton

from core.qt.looks import dress
from core.qt.wording import since
from desktop.ports import SyncState

GREEN, AMBER, GREY = "#1F9D55", "#E08A00", "#8A97A3"


def words(state: SyncState, now: datetime) -> tuple[str, str]:
    """The light's colour and its sentence; what needs a person is said first."""
    parts = []
    if state.refused:
        parts.append(f"{state.refused} 条被退回")
    if state.waiting:
        parts.append(f"{state.waiting} 条待上传")
    if state.problem:
        return AMBER, " · ".join([state.problem, *parts])
    if not state.online:
        start = f"离线（自 {since(state.offline_since, now)} 起）" if state.offline_since else "离线"
        return (AMBER if state.refused else GREY), " · ".join([start, *parts])
    done = f"已同步 {since(state.last_success, now)}" if state.last_success else "已连接"
    if state.working:
        done = "正在同步…"
    return (AMBER if state.refused or state.waiting else GREEN), " · ".join([done, *parts])


class SyncLight(QPushButton):
    """A dot and a sentence."""

    def __init__(self, pressed: Callable[[], None]) -> None:
        super().__init__()
        self._colour = GREY
        self.setObjectName("sync_light")
        self.setToolTip("查看待上传和被退回的内容")
        dress(self, "plain")
        self.clicked.connect(lambda _checked=False: pressed())

    def show_state(self, state: SyncState, now: datetime) -> None:
        """Show how it stands."""
        self._colour, text = words(state, now)
        self.setText("    " + text)
        self.setAccessibleName(text)
        self.update()

    def colour(self) -> str:
        """The dot's colour."""
        return self._colour

    def sizeHint(self) -> QSize:
        """Room for the dot."""
        return super().sizeHint() + QSize(8, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The sentence, then the dot before it."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._colour))
        text = self.fontMetrics().horizontalAdvance(self.text())
        left = max((self.width() - text) / 2, 6)
        painter.drawEllipse(QPointF(left + 5, self.height() / 2), 5, 5)
        painter.end()
