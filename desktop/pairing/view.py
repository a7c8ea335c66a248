"""The pairing page, shown on the first start: server, code, name of this computer."""

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from core.qt.looks import button, label
from core.qt.tasks import Tasks
from desktop.pairing.presenter import PairingPresenter
from desktop.shell.loading import Loader
from desktop.shell.saying import said

WHERE = "配对码由公司管理人员在已配对的电脑上“设备”页生成，30 分钟内有效，只能使用一次。"


class PairingPage(QWidget):
    """Keeps what was typed whatever happens."""

    def __init__(
        self,
        tasks: Tasks,
        presenter: PairingPresenter,
        paired: Callable[[], None],
        name: str,
        tell_demo: Callable[[bool], None] = lambda _demo: None,
    ) -> None:
        super().__init__()
        self._tasks, self._presenter, self._paired = tasks, presenter, paired
        self._demo: Loader[bool] = Loader(tasks, tell_demo, lambda _away: tell_demo(False), lane="demo")
        self.server, self.code, self.name = QLineEdit(presenter.server()), QLineEdit(), QLineEdit(name)
        self.server.editingFinished.connect(self._ask_demo)
        self.server.setPlaceholderText("https://服务器名")
        self.code.setPlaceholderText("ABCD-2345")
        self.name.setMaxLength(60)
        self.enter = button("配对", self.pair, "primary", "pairing_enter")
        self.note = label("", "note", "bad")
        self.note.setObjectName("pairing_note")
        self.note.hide()
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(label("第一次使用：与服务器配对", "title"))
        layout.addWidget(label(WHERE, "soft"))
        fields = (("服务器地址", self.server), ("配对码", self.code), ("本机名称", self.name))
        for title, field in fields:
            made = label(title, "soft")
            made.setBuddy(field)
            field.setAccessibleName(title)
            field.returnPressed.connect(self.pair)
            layout.addWidget(made)
            layout.addWidget(field)
        layout.addWidget(self.note)
        layout.addSpacing(4)
        layout.addWidget(self.enter)
        layout.addStretch(1)

    def begin(self) -> None:
        """Come to the front."""
        self._ask_demo()
        (self.code if self.server.text() else self.server).setFocus()

    def pair(self) -> None:
        """Try what was typed."""
        if not self.enter.isEnabled():
            return
        url, code, name = self.server.text(), self.code.text(), self.name.text()
        self._busy(True)
        task = self._tasks.run(lambda: self._presenter.pair(url, code, name), "online")
        task.then(self._done).otherwise(self._explain).always(lambda: self._busy(False))

    def _ask_demo(self) -> None:
        """Before anybody types a code: whether this server is the demo's."""
        url = self.server.text()
        self._demo.ask(lambda: self._presenter.demo(url), url)

    def _done(self, _answer: None) -> None:
        self.note.hide()
        self._paired()

    def _explain(self, error: BaseException) -> None:
        self.note.setText(said(error))
        self.note.show()

    def _busy(self, busy: bool) -> None:
        self.enter.setEnabled(not busy)
        self.enter.setText("正在配对…" if busy else "配对")
