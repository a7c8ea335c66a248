"""The login page: name, password, one button, and a sentence when it does not work."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from core.errors import DomainError
from core.qt.errors import Explanation, explain
from core.qt.looks import button, dress, label
from core.qt.tasks import Tasks
from desktop.login.presenter import LoginPresenter, Trouble, trouble_of
from desktop.ports import Me


class LoginPage(QWidget):
    """Keeps the name whatever happens; a wrong password is marked so that it can be typed over."""

    def __init__(
        self, tasks: Tasks, presenter: LoginPresenter, entered: Callable[[Me], None], server: str
    ) -> None:
        super().__init__()
        self._tasks, self._presenter, self._entered = tasks, presenter, entered
        self.name, self.password = QLineEdit(), QLineEdit()
        self.name.setObjectName("login_name")
        self.password.setObjectName("login_password")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.name.returnPressed.connect(self.password.setFocus)
        self.password.returnPressed.connect(self.sign_in)
        self.enter = button("登录", self.sign_in, "primary", "login_enter")
        self.note = label("", "note", "bad")
        self.note.setObjectName("login_note")
        self.note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.note.hide()
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(label("登录", "title"))
        for title, field in (("登录账号", self.name), ("密码", self.password)):
            made = label(title, "soft")
            made.setBuddy(field)
            field.setAccessibleName(title)
            layout.addWidget(made)
            layout.addWidget(field)
        layout.addWidget(self.note)
        layout.addSpacing(4)
        layout.addWidget(self.enter)
        layout.addWidget(label(f"服务器：{server}", "small"))
        layout.addStretch(1)

    def begin(self, note: str = "") -> None:
        """Come to the front: the password is empty, the name of who was here stays."""
        self.password.clear()
        self.note.setText(note)
        self.note.setVisible(bool(note))
        dress(self.note, "note", "warn")
        (self.password if self.name.text() else self.name).setFocus()

    def sign_in(self) -> None:
        """Try what was typed."""
        if not self.enter.isEnabled():
            return
        name, password = self.name.text(), self.password.text()
        self._busy(True)
        task = self._tasks.run(lambda: self._presenter.sign_in(name, password), "online")
        task.then(self._signed_in).otherwise(self._explain).always(lambda: self._busy(False))

    def say(self, trouble: Trouble) -> None:
        """Show what is wrong."""
        self.note.setText(Explanation("login", trouble.sentence, trouble.hint).text)
        dress(self.note, "note", "bad" if trouble.password else "warn")
        self.note.show()
        (self.password if trouble.password else self.enter).setFocus()
        if trouble.password:
            self.password.selectAll()

    def _signed_in(self, me: Me) -> None:
        self.note.hide()
        self._entered(me)

    def _explain(self, error: BaseException) -> None:
        if isinstance(error, DomainError):
            self.say(trouble_of(error))
        else:
            said = explain(error)
            self.say(Trouble(said.sentence, said.hint, password=False))

    def _busy(self, busy: bool) -> None:
        self.enter.setEnabled(not busy)
        self.enter.setText("正在登录…" if busy else "登录")
