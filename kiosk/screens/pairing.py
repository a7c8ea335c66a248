"""Pair this kiosk with its server: an address and a code, typed with keys on the screen."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from core.qt.errors import explain
from core.qt.looks import button, column, dress, label
from core.qt.theme import KIOSK
from core.qt.touch import ADDRESS_TALL, ADDRESS_WIDE, Keys
from kiosk.desk import Desk
from kiosk.events import PairingDone
from kiosk.screens.page import Page, turn
from kiosk.shown import Paired
from kiosk.states import Pairing

_HOW = "公司管理人员在电脑端左侧“设备”中点“生成终端配对码”，取得服务器地址和配对码；配对码只能用一次，过期请重新生成。"


class PairingScreen(Page):
    """Says how, and after a wrong code in the same place what to do; what was typed stays."""

    title = "设备配对"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.address, self.code = QLineEdit("https://"), QLineEdit()
        self.address.setObjectName("address")
        self.code.setObjectName("code")
        self.address.setInputMethodHints(Qt.InputMethodHint.ImhUrlCharactersOnly)
        self.code.setPlaceholderText("配对码")
        self._answer = label(_HOW, "note")
        self._answer.setObjectName("answer")
        self._keys = Keys(ADDRESS_TALL)
        self._keys.type_into(self.address, self.code)
        self._fields = QHBoxLayout()
        self._fields.setSpacing(KIOSK.gap)
        self._fields.addLayout(column(label("服务器地址", "heading"), self.address), 3)
        self._fields.addLayout(column(label("配对码", "heading"), self.code), 2)
        self.body.addWidget(self._answer)
        self.body.addLayout(self._fields)
        self.body.addStretch(1)
        self.body.addWidget(self._keys)
        self._pair = self.add_next(button("配对", self._try, "primary", "pair"))

    def arrange(self, wide: bool) -> None:
        """Fields side by side where there is room, to leave height for the keys."""
        turn(self._fields, wide)
        self._keys.arrange(ADDRESS_WIDE if wide else ADDRESS_TALL)

    def enter(self, state: Pairing) -> None:
        """Without a pairing there is nothing to go back to; the place stays empty."""
        self.back.setVisible(not state.first)
        self._say(_HOW, "")
        self.code.clear()

    def _try(self) -> None:
        address, code = self.address.text().strip(), self.code.text().strip()
        self._pair.setEnabled(False)
        self._say("正在配对…", "")
        asked = self.desk.tasks.run(lambda: self.desk.ports.pairing.pair(address, code), "server")
        asked.always(lambda: self._pair.setEnabled(True))
        asked.then(self._paired).otherwise(self._refused)

    def _paired(self, paired: Paired) -> None:
        self.desk.messages.show_message(f"配对成功，本机为“{paired.device}”。", "good")
        self.desk.send(PairingDone(paired))

    def _refused(self, error: BaseException) -> None:
        self._say(explain(error).text, "bad")

    def _say(self, text: str, tone: str) -> None:
        self._answer.setText(text)
        dress(self._answer, "note", tone)
