"""The service menu behind its PIN: camera, position, server, pairing, storage, log, exit."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from core.qt.errors import explain
from core.qt.looks import button, clear, dress, frame, label
from core.qt.theme import KIOSK
from core.qt.touch import DIGITS, Keys, TouchArea
from kiosk.desk import Desk
from kiosk.events import AskedPairing, Unlocked
from kiosk.screens.page import Page, turn
from kiosk.screens.sure import Sure
from kiosk.shown import ServiceLine
from kiosk.states import Pin, Service

_KEYS_WIDTH = 420


class PinScreen(Page):
    """Asks for the PIN."""

    title = "服务菜单"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._pin = QLineEdit()
        self._pin.setObjectName("pin")
        self._pin.setEchoMode(QLineEdit.EchoMode.Password)
        self._pin.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pin.setFixedWidth(_KEYS_WIDTH)
        self._answer = label("", "note", "bad")
        self._answer.setObjectName("answer")
        self._answer.setFixedWidth(_KEYS_WIDTH)
        self._answer.setMinimumHeight(110)
        keys = Keys(DIGITS)
        keys.setFixedWidth(_KEYS_WIDTH)
        keys.type_into(self._pin)
        asked = QWidget()
        asked.setFixedWidth(_KEYS_WIDTH)
        asking = QVBoxLayout(asked)
        asking.setContentsMargins(0, 0, 0, 0)
        asking.setSpacing(KIOSK.gap)
        asking.addStretch(1)
        ask = label("请输入服务密码", "title")
        ask.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for made in (ask, self._pin, self._answer):
            asking.addWidget(made)
        asking.addStretch(1)
        self._halves = QHBoxLayout()
        self._halves.addStretch(1)
        self._halves.addWidget(asked, 0, Qt.AlignmentFlag.AlignHCenter)
        self._halves.addWidget(keys, 0, Qt.AlignmentFlag.AlignCenter)
        self._halves.addStretch(1)
        self._halves.setSpacing(KIOSK.gap * 2)
        self.body.addLayout(self._halves, 1)
        self._unlock = self.add_next(button("进入", self._try, "primary", "unlock"))

    def arrange(self, wide: bool) -> None:
        """Keys beside the field in landscape, where four rows leave no height for it."""
        turn(self._halves, wide)

    def enter(self, state: Pin) -> None:
        """Nothing stays of the last try."""
        self._pin.clear()
        self._answer.hide()

    def _try(self) -> None:
        pin = self._pin.text()
        self._pin.clear()
        self._unlock.setEnabled(False)
        asked = self.desk.tasks.run(lambda: self.desk.ports.service.unlock(pin), "service")
        asked.always(lambda: self._unlock.setEnabled(True))
        asked.then(lambda _: self.desk.send(Unlocked())).otherwise(self._refused)

    def _refused(self, error: BaseException) -> None:
        self._answer.setText(explain(error).text)
        self._answer.show()


class ServiceScreen(Page):
    """Shows how everything is, and what a technician may do."""

    title = "服务菜单"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, back="返回首页")
        self._lines = QVBoxLayout()
        self._lines.setContentsMargins(0, 0, 6, 0)
        self._lines.setSpacing(KIOSK.gap)
        self.body.addWidget(TouchArea(self._lines), 1)
        # A kiosk that has left can't bring itself back; one that pairs anew may leave its agency.
        self._leave = Sure("退出程序", "再按一次退出", self._exit, "", "exit")
        self._pair = Sure("重新配对", "再按一次重新配对", self._pair_again, "", "pair_again")
        self._actions = QHBoxLayout()
        self._actions.setSpacing(KIOSK.gap)
        self._actions.addWidget(button("立即同步", self._sync, "", "sync_now"))
        self._actions.addWidget(self._pair.button)
        self._actions.addWidget(self._leave.button)
        self.body.addLayout(self._actions)
        self._again = self.add_next(button("刷新", self._fetch, "primary", "reload"))

    def enter(self, state: Service) -> None:
        """Read everything anew."""
        self._leave.reset()
        self._pair.reset()
        clear(self._lines)
        self._lines.addWidget(label("正在读取…", "big"))
        self._lines.addStretch(1)
        self._fetch()

    def _fetch(self) -> None:
        self.desk.tasks.run(self.desk.ports.service.report, "service").then(self._fill)

    def _fill(self, lines: Sequence[ServiceLine]) -> None:
        clear(self._lines)
        for title in dict.fromkeys(line.section for line in lines):
            self._lines.addWidget(self._section(title, [line for line in lines if line.section == title]))
        self._lines.addStretch(1)

    @staticmethod
    def _section(title: str, lines: Sequence[ServiceLine]) -> QWidget:
        grid = QGridLayout()
        grid.setContentsMargins(20, 16, 20, 16)
        grid.setHorizontalSpacing(16)
        grid.addWidget(label(title, "large"), 0, 0, 1, 2)
        for row, line in enumerate(lines, start=1):
            grid.addWidget(label(line.name, "soft", wrap=False), row, 0, Qt.AlignmentFlag.AlignTop)
            value = label(line.value)
            if line.tone.value != "plain":
                dress(value, "chip", line.tone.value)
                value.setWordWrap(False)
            grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignLeft)
        grid.setColumnStretch(1, 1)
        return frame("tile", grid)

    def _sync(self) -> None:
        asked = self.desk.tasks.run(self.desk.ports.service.sync_now, "server")
        asked.then(lambda _: self._synced()).otherwise(self.desk.messages.show_error)

    def _synced(self) -> None:
        self.desk.messages.show_message("已请求同步，结果见上方状态。")
        self._fetch()

    def _pair_again(self) -> None:
        asked = self.desk.tasks.run(self.desk.ports.pairing.ready, "service")
        asked.then(lambda _: self.desk.send(AskedPairing())).otherwise(self.desk.messages.show_error)

    def _exit(self) -> None:
        self.desk.leave_program()
