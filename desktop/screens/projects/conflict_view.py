"""What two people wrote into the same place: both values side by side, and a button for each (invariant 11)."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.clock import from_ms
from core.projects.commands import EditProject
from core.qt.looks import button, clear, column, frame, label
from core.qt.wording import moment
from desktop import wording
from desktop.desk import Desk
from desktop.screens.projects.editing import ConflictLine
from desktop.shell.parts import Facts
from desktop.shell.saying import said

NOW, WANTED = "现在的内容", "修改的内容"
KEEP, ADOPT = "保留现在的内容", "采用修改的内容"
CHOSEN = "选择已保存在本机。"


class ConflictNotice(QWidget):
    """Nothing while there is no conflict."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._shown: tuple[Sequence[ConflictLine], str] | None = None
        self.title = label("", "note", "warn")
        self.buttons: list[tuple[QPushButton, QPushButton]] = []
        """Of each conflict, to keep and to adopt."""
        self._each = QVBoxLayout()
        self._each.setSpacing(12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.title)
        layout.addLayout(self._each)
        self.hide()

    def show_conflicts(self, conflicts: Sequence[ConflictLine], may_not: str) -> None:
        """Replace all; what stands already is left, so that no button goes away under the mouse."""
        if (conflicts, may_not) == self._shown:
            return
        self._shown = (conflicts, may_not)
        count = f"有 {len(conflicts)} 处修改与他人的修改冲突，两份都已保留"
        self.title.setText(f"{count}。{may_not}。" if may_not else f"{count}，请选择其一。")
        clear(self._each)
        self.buttons = []
        for conflict in conflicts:
            self._each.addWidget(self._card(conflict))
        self._enable(not may_not)
        self.setVisible(bool(conflicts))

    def _card(self, conflict: ConflictLine) -> QFrame:
        keep = button(KEEP, lambda: self._choose(conflict.keep()), "", "conflict_keep")
        adopt = button(ADOPT, lambda: self._choose(conflict.adopt()), "", "conflict_adopt")
        self.buttons.append((keep, adopt))
        sides = QHBoxLayout()
        sides.setSpacing(12)
        sides.addWidget(_side(NOW, conflict.now, keep), 1)
        sides.addWidget(_side(WANTED, conflict.wanted, adopt), 1)
        where = f"（{conflict.device}）" if conflict.device else ""
        whose = f"{conflict.who}{where}的修改，{moment(from_ms(conflict.at_ms))} 送达"
        inside = column(
            label(wording.GROUPS[conflict.group], "heading"), label(whose, "soft"), gap=4, margin=16
        )
        inside.addSpacing(8)
        inside.addLayout(sides)
        return frame("card", inside)

    def _choose(self, command: EditProject) -> None:
        self._enable(False)
        self._shown = None  # whatever is read next is painted anew
        self._desk.write(command).then(lambda _none: self._chosen()).otherwise(self._failed)

    def _chosen(self) -> None:
        self._desk.messages.show_message(CHOSEN, "good")
        self._desk.rows_arrived()

    def _failed(self, error: BaseException) -> None:
        self._enable(True)
        self._desk.messages.show_message(said(error), "bad")

    def _enable(self, may: bool) -> None:
        for pair in self.buttons:
            for made in pair:
                made.setEnabled(may)


def _side(title: str, values: Mapping[str, str], choose: QPushButton) -> QFrame:
    facts = Facts()
    facts.show_rows([(wording.FIELDS[name], value) for name, value in values.items()])
    inside = column(label(title, "heading"), facts, gap=8, margin=12)
    inside.addStretch(1)
    inside.addWidget(choose, 0, Qt.AlignmentFlag.AlignLeft)
    return frame("card", inside)
