"""The bar above every screen: where one is, the time, and how the kiosk is."""

from math import ceil

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.qt.icons import icon
from core.qt.looks import ShortLabel, button, dress, frame, keep_place, label
from core.qt.theme import COLOURS
from core.qt.wording import moment, since
from kiosk.desk import Desk
from kiosk.events import OpenedService
from kiosk.flow import Flow
from kiosk.shown import Light, Sync, Tone
from kiosk.states import Choosing, Idle, Pairing, Troubled

_WARN_SECONDS = 20


class TopBar(QWidget):
    """Title, lights, time, and how long the kiosk still waits."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._title = label("", "large", wrap=False)
        self._title.setObjectName("title")
        self._clock = label("", "clock", wrap=False)
        self._left = label("", "chip", "warn", wrap=False)
        self._left.setObjectName("seconds_left")
        self._service = button("", lambda: desk.send(OpenedService()), "plain", "service")
        self._service.setIcon(icon("gear", COLOURS.ink))
        self._service.setAccessibleName("服务菜单")
        self._lights = {name: ShortLabel("chip") for name in ("sync", "time", "position", "trouble")}
        self._device = ShortLabel("small")
        self._device.say(desk.settings.device)
        words = QVBoxLayout()
        words.setContentsMargins(16, 8, 8, 8)
        words.setSpacing(4)
        words.addLayout(self._head())
        words.addLayout(self._row())
        both = QHBoxLayout()
        both.setContentsMargins(0, 0, 8, 0)
        both.addLayout(words, 1)
        both.addWidget(keep_place(self._service))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame("bar", both))

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._title)
        head.addWidget(self._device)
        head.addWidget(self._left)
        head.addStretch(1)
        head.addWidget(self._clock)
        return head

    def _row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for name, light in self._lights.items():
            light.setObjectName(f"light_{name}")
            row.addWidget(light)
        row.addStretch(1)
        return row

    def show_flow(self, flow: Flow, title: str) -> None:
        """Follow the flow."""
        self._title.setText(title)
        self._service.setVisible(isinstance(flow.state, Idle | Choosing | Pairing | Troubled))
        trouble = flow.trouble
        self._light("trouble", Light(trouble.sentence, Tone.BAD) if trouble is not None else None)

    def tick(self, flow: Flow) -> None:
        """Once a second."""
        status, now = self._desk.ports.status, self._desk.ports.clock.now()
        self._clock.setText(moment(now))
        self._light("sync", self._synced(status.sync()))
        self._light("time", status.clock())
        self._light("position", status.position())
        left = flow.seconds_left(self._desk.ports.clock.monotonic())
        self._left.setVisible(left is not None and left <= _WARN_SECONDS)
        if left is not None:
            self._left.setText(f"{ceil(left)} 秒后返回首页")

    def _synced(self, sync: Sync) -> Light:
        if not sync.paired:
            return Light("未配对", Tone.WARN)
        parts = []
        if sync.failing:
            parts.append("同步异常")
        if sync.offline_since is not None:
            parts.append(f"离线，自 {since(sync.offline_since, self._desk.ports.clock.now())}")
        if sync.waiting:
            parts.append(f"待上传 {sync.waiting} 条")
        if sync.refused:
            parts.append(f"未生效 {sync.refused} 条")
        if not parts and not sync.contacted:
            parts.append("尚未同步")
        tone = Tone.BAD if sync.refused or sync.failing else Tone.WARN if parts else Tone.GOOD
        return Light("，".join(parts) or "已同步", tone)

    def _light(self, name: str, light: Light | None) -> None:
        shown = self._lights[name]
        shown.setVisible(light is not None and bool(light.text))
        if light is not None:
            dress(shown, "chip", light.tone.value)
            shown.say(light.text)
