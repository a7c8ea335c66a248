"""Ctrl+K: finds a project by any part of its number, name, client or lead, from everywhere."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from core.clock import ms_of
from core.qt.looks import label
from core.visits.queries import ProjectLine, project_lines
from desktop import wording
from desktop.desk import Desk
from desktop.shell.loading import Loader

LIMIT = 30
_ID = int(Qt.ItemDataRole.UserRole)


def matches(lines: Sequence[ProjectLine], text: str, limit: int = LIMIT) -> list[ProjectLine]:
    """The projects that hold every word, those on which somebody is at work first."""
    words = text.casefold().split()
    if not words:
        return sorted((line for line in lines if line.on_site), key=lambda line: -line.on_site)[:limit]
    found = []
    for line in lines:
        heap = f"{line.number}\n{line.name}\n{line.client}\n{line.lead}\n{line.district}".casefold()
        if all(word in heap for word in words):
            found.append(line)
    return sorted(found, key=lambda line: line.on_site == 0)[:limit]


class SearchBox(QDialog):
    """A line to type in and what it finds; arrows choose, Enter opens, Esc closes."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self._desk, self._over = desk, parent
        self._lines: list[ProjectLine] = []
        self.setFixedWidth(620)
        self.field = QLineEdit()
        self.field.setObjectName("search_field")
        self.field.setPlaceholderText("搜索项目：编号、名称、委托单位、负责人")
        self.found = QListWidget()
        self.found.setObjectName("search_found")
        self.found.setMinimumHeight(320)
        self.hint = label("", "small")
        layout = QVBoxLayout(self)
        for widget in (self.field, self.found, self.hint):
            layout.addWidget(widget)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(80)
        self._typing.timeout.connect(self._search)
        self._loader: Loader[list[ProjectLine]] = Loader(desk.tasks, self._loaded)
        self._finder: Loader[list[ProjectLine]] = Loader(desk.tasks, self._show)
        self.field.textChanged.connect(lambda _text: self._typing.start())
        self.field.installEventFilter(self)
        self.found.itemActivated.connect(self._open)

    def begin(self) -> None:
        """Open over the middle of the window, empty, with fresh projects."""
        parent = self._over
        corner = parent.mapToGlobal(parent.rect().topLeft())
        self.move(corner.x() + (parent.width() - self.width()) // 2, corner.y() + 72)
        self.field.clear()
        self.show()
        self.field.setFocus()
        self._loader.ask(self._read)

    def changeEvent(self, event: QEvent) -> None:
        """Gone as soon as the user works elsewhere."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows and Enter in the field act on the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.found.count():
                self.found.setCurrentRow((self.found.currentRow() + step) % self.found.count())
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._open(self.found.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _read(self) -> list[ProjectLine]:
        now_ms = ms_of(self._desk.clock.now())
        with self._desk.store.reading() as db:
            return project_lines(db, now_ms)

    def _loaded(self, lines: list[ProjectLine]) -> None:
        self._lines = lines
        self._search()

    def _search(self) -> None:
        text, lines = self.field.text(), self._lines
        self._finder.ask(lambda: matches(lines, text), text)

    def _show(self, found: list[ProjectLine]) -> None:
        self.found.clear()
        for line in found:
            on_site = f"　现场 {line.on_site} 人" if line.on_site else ""
            text = f"{line.name}　{line.number}　{wording.kind(line.kind)} · {wording.state(line.state)}{on_site}"
            item = QListWidgetItem(text)
            item.setData(_ID, line.id)
            self.found.addItem(item)
        self.found.setCurrentRow(0)
        typed = bool(self.field.text().strip())
        if found:
            self.hint.setText("↑ ↓ 选择，回车打开" + ("" if typed else "；现在列出的是有人在现场的项目"))
        else:
            self.hint.setText(
                "没有符合的项目，请换个词再试" if typed else "请输入编号、名称、委托单位或负责人"
            )

    def _open(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.hide()
            self._desk.go("projects", str(item.data(_ID)))
