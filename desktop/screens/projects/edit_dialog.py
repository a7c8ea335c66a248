"""修改项目: the head's fields in their groups, filled with what stands; only what was changed is written down."""

from typing import Any

from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from core.projects.rules import GROUPS, LENGTHS
from core.qt.looks import label
from core.qt.tasks import Task
from desktop import wording
from desktop.desk import Desk
from desktop.screens.projects.editing import Head
from desktop.shell.asking import AskDialog

FOLLOWS = "保存后立即在本机生效，联网后自动上传。别人同时改了同一项内容时，两份都会保留，由您选择。"
LOCKED = "项目已开始执业，灰色的内容不能再修改；需要变更时请新建项目。"
DONE = "修改已保存在本机。"
_LINE = 200
_ROWS = (("name",), ("client",), ("district", "contract_number"), ("address",), ("starts_on", "ends_on"))


class EditDialog(AskDialog):
    """One field for each word of the head; a draft needs no network."""

    waiting = "正在保存…"

    def __init__(self, desk: Desk, parent: QWidget, head: Head) -> None:
        super().__init__(desk, parent, "修改项目", FOLLOWS, "保存", DONE)
        self._head = head
        self.fields = {name: _field(name, head) for names in GROUPS.values() for name in names}
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for row, names in enumerate(_ROWS):
            for column, name in enumerate(names):
                grid.addWidget(label(wording.FIELDS[name], "soft", wrap=False), row, 2 * column)
                span = 1 if len(names) > 1 else 3
                grid.addWidget(self.fields[name], row, 2 * column + 1, 1, span)
        self.body.addLayout(grid)
        if head.locked:
            self.body.addWidget(label(LOCKED, "note", "warn"))
        self.accepted.connect(desk.rows_arrived)
        for field in self.fields.values():
            field.textChanged.connect(lambda _text: self.changed())
        self.changed()

    def content(self) -> tuple[tuple[str, str], ...]:
        """Every field as it was typed."""
        return tuple((name, field.text()) for name, field in self.fields.items())

    def fault(self) -> str:
        """What a rule would refuse, or that nothing was changed."""
        wanted = dict(self.content())
        return self._head.fault(wanted) or ("" if self._head.edit(wanted).edits else "还没有修改")

    def begin(self, content: Any, command_id: str) -> Task[Any]:
        """Written down here; what is refused has not been written, so that no id has to be kept."""
        return self._desk.write(self._head.edit(dict(content)))


def _field(name: str, head: Head) -> QLineEdit:
    made = QLineEdit(head.values[name])
    made.setObjectName(f"edit_{name}")
    made.setAccessibleName(wording.FIELDS[name])
    made.setMaxLength(LENGTHS.get(name, (_LINE, ""))[0])
    made.setCursorPosition(0)
    group = next(group for group, names in GROUPS.items() if name in names)
    made.setEnabled(group not in head.locked)
    return made
