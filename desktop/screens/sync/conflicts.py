"""Which projects wait for somebody to choose between two edits, each with a way to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from sqlalchemy import select

from core.db.store import Store
from core.drafts.queries import open_conflicts
from core.projects.models import Project
from core.qt.looks import button, clear, label

MOST = 5
"""As many are named; the project table marks them all."""
_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Clashing:
    """A project with open conflicts."""

    project_id: str
    name: str
    count: int


def clashing(store: Store) -> list[Clashing]:
    """Every one, by name."""
    with store.reading() as db:
        counts = open_conflicts(db, Project.__tablename__)
        found = db.execute(select(Project.id, Project.name).where(Project.id.in_(counts)))
        return sorted((Clashing(row.id, row.name, counts[row.id]) for row in found), key=lambda c: c.name)


class ConflictLinks(QWidget):
    """How many there are, and a button for each project; hidden while there is none."""

    def __init__(self, go: Callable[[str], None]) -> None:
        super().__init__()
        self._go = go
        self._shown: Sequence[Clashing] = ()
        self.title = label("", "note", "warn")
        self.links: list[QPushButton] = []
        self._each = QVBoxLayout()
        self._each.setSpacing(2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.title)
        layout.addLayout(self._each)
        self.hide()

    def show_projects(self, found: Sequence[Clashing]) -> None:
        """Replace all, if anything is new."""
        if found == self._shown:
            return
        self._shown = found
        count = sum(one.count for one in found)
        self.title.setText(f"{len(found)} 个项目有 {count} 处修改冲突，两份都已保留，请打开项目选择其一：")
        clear(self._each)
        self.links = [self._link(one) for one in found[:MOST]]
        for link in self.links:
            self._each.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        if len(found) > MOST:
            rest = f"另有 {len(found) - MOST} 个，在项目表中标有“修改冲突”，可按这四个字查找。"
            self._each.addWidget(label(rest, "soft"))
        self.setVisible(bool(found))

    def _link(self, one: Clashing) -> QPushButton:
        name = one.name if len(one.name) <= _LENGTH else f"{one.name[:_LENGTH]}…"
        made = button(f"{name}（{one.count} 处）", lambda: self._go(one.project_id), "plain", "conflict_link")
        made.setToolTip(one.name)
        return made
