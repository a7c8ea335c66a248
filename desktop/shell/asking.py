"""A dialog for what can't be taken back: it says what follows, keeps what was typed, and waits for the answer."""

from collections.abc import Callable, Hashable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from core.errors import Unreachable
from core.ids import new_id
from core.qt.looks import button, label
from core.qt.tasks import Task
from desktop.desk import Desk
from desktop.shell.saying import said

_WIDTH = 540
KEPT = "填写的内容保留在这里；请检查网络后再点一次，同一操作不会重复办理。"


class AskDialog(QDialog):
    """Title, what follows, the subclass's fields, and two buttons; closed by success or by the user only."""

    waiting = "正在等待服务器答复…"
    failed = Signal(object)
    """Told, after it was shown, what the server said instead of doing it."""

    def __init__(self, desk: Desk, parent: QWidget, title: str, follows: str, yes: str, done: str) -> None:
        super().__init__(parent)
        self._desk, self._done = desk, done
        self._id: tuple[Hashable, str] = (None, "")
        self.setWindowTitle(title)
        self.setModal(True)
        self.setFixedWidth(_WIDTH)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        self.missing = label("", "small")
        self.note = label("", "note", "bad")
        self.note.setObjectName("ask_note")
        self.note.hide()
        self.yes = button(yes, self.send, "primary", "ask_yes")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(label(title, "large"))
        layout.addWidget(label(follows, "soft"))
        layout.addLayout(self.body)
        layout.addWidget(self.note)
        row = QHBoxLayout()
        row.addWidget(self.missing, 1)
        row.addWidget(button("取消", self.reject, "", "ask_no"))
        row.addWidget(self.yes)
        layout.addLayout(row)

    def content(self) -> Hashable:
        """What was typed; the same content sent again is the same command."""
        raise NotImplementedError

    def fault(self) -> str:
        """What is still missing, empty if it may be sent."""
        raise NotImplementedError

    def begin(self, content: Any, command_id: str) -> Task[Any]:
        """Have it done: by the server, unless a subclass knows better."""
        return self._desk.send(self.work(content, command_id))

    def work(self, content: Any, command_id: str) -> Callable[[], object]:
        """What the server is to do, run in a lane."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        """As high as its wrapped texts want."""
        super().showEvent(event)
        self._fit()

    def changed(self) -> None:
        """To be called by the fields."""
        self.missing.setText(self.fault())
        self.yes.setEnabled(not self.fault())
        if self.isVisible():
            self._fit()

    def send(self) -> None:
        """Try what was typed."""
        if not self.yes.isEnabled():
            return
        content = self.content()
        if content != self._id[0]:
            self._id = (content, new_id())
        self.yes.setEnabled(False)
        self.missing.setText(self.waiting)
        task = self.begin(content, self._id[1])
        task.then(lambda _answer: self._succeeded()).otherwise(self._failed).always(self.changed)

    def _succeeded(self) -> None:
        self._desk.messages.show_message(self._done, "good")
        self._desk.sync.now()
        self.accept()

    def _failed(self, error: BaseException) -> None:
        text = f"{error.sentence}。{KEPT}" if isinstance(error, Unreachable) else said(error)
        if self.isVisible():
            self.note.setText(text)
            self.note.show()
            self._fit()
        else:
            self._desk.messages.show_message(text, "bad")
        self.failed.emit(error)

    def _fit(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.setFixedHeight(layout.totalHeightForWidth(_WIDTH))


class ReasonDialog(AskDialog):
    """Asks for a reason that stays readable."""

    def __init__(
        self,
        desk: Desk,
        parent: QWidget,
        words: tuple[str, str, str, str],
        act: Callable[[str, str], object],
        lengths: tuple[int, int] = (1, 500),
    ) -> None:
        """``words``: title, what follows, the button, what is said afterwards; ``act`` gets reason and command id."""
        super().__init__(desk, parent, *words)
        self._act, self._lengths = act, lengths
        self.reason = QPlainTextEdit()
        self.reason.setObjectName("ask_reason")
        self.reason.setAccessibleName("原因")
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(96)
        self.reason.textChanged.connect(self.changed)
        self.body.addWidget(label("原因", "soft"))
        self.body.addWidget(self.reason)
        self.changed()

    def content(self) -> str:
        """The reason."""
        return self.reason.toPlainText().strip()

    def fault(self) -> str:
        """Too short or too long."""
        least, most = self._lengths
        count = len(self.content())
        if count < least:
            return "请填写原因" if least == 1 else f"原因需要 {least} 至 {most} 字，已填 {count} 字"
        return "" if count <= most else f"原因最多 {most} 字，已填 {count} 字"

    def work(self, content: Any, command_id: str) -> Callable[[], object]:
        """Give the reason."""
        return lambda: self._act(content, command_id)
