"""One project on the start screen: its name, how far it is, who is there, and why nobody may start, if so."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from core.qt.icons import pixmap
from core.qt.looks import dress, label
from core.qt.theme import COLOURS
from core.qt.touch import TouchCard
from core.qt.wording import distance, since
from kiosk.shown import ProjectCard

_SIGN_PX = 26


class ProjectTile(TouchCard):
    """Stays the same widget while its project's news come in: what is under a finger must not go away."""

    def __init__(self, project: ProjectCard, touched: Callable[[ProjectCard], None], now: datetime) -> None:
        super().__init__()
        self._project: ProjectCard | None = None
        self.setObjectName(f"project_{project.id}")
        self._touched = touched
        self.pressed.connect(self._on_pressed)
        self._name, self._about = label("", "large"), label("", "soft")
        self._far = label("", "chip", wrap=False)
        self._sign, self._people, self._note = label(), label(), label("", "small")
        head = QHBoxLayout()
        head.addWidget(self._name, 1)
        head.addWidget(self._far, 0, Qt.AlignmentFlag.AlignTop)
        there = QHBoxLayout()
        there.setContentsMargins(0, 4, 0, 0)
        there.setSpacing(8)
        there.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        there.addWidget(self._people, 1)
        self.body.addLayout(head)
        self.body.addWidget(self._about)
        self.body.addLayout(there)
        self.body.addWidget(self._note)
        self.body.addStretch(1)
        self.show_project(project, now)

    def show_project(self, project: ProjectCard, now: datetime) -> None:
        """Say what is new of it."""
        if project == self._project:
            return
        before, self._project = self._project, project
        self.setAccessibleName(project.name)
        self._name.setText(project.name)
        self._far.setVisible(project.distance_m is not None)
        if project.distance_m is not None:
            self._far.setText(distance(project.distance_m))
        self._about.setText(f"{project.kind}　{project.address}" if project.kind else project.address)
        self._show_note(project)
        if before is None or before.on_site != project.on_site:
            self._show_people(project, now)

    def _on_pressed(self) -> None:
        if self._project is not None:
            self._touched(self._project)

    def _show_note(self, project: ProjectCard) -> None:
        text = ""
        if not project.may_start:
            text = f"暂不能开始：{project.reason}"
        elif project.claimed_by:
            text = f"今天的反馈单由{project.claimed_by}填写"
        self._note.setText(text)
        self._note.setVisible(bool(text))
        dress(self._note, "small" if project.may_start else "note", "" if project.may_start else "warn")

    def _show_people(self, project: ProjectCard, now: datetime) -> None:
        names = "，".join(f"{one.name}（{since(one.since, now)} 起）" for one in project.on_site)
        colour = COLOURS.good if names else COLOURS.disabled_ink
        self._sign.setPixmap(pixmap("person", colour, _SIGN_PX))
        self._people.setText(f"在场：{names}" if names else "现在无人在场")
        dress(self._people, "" if names else "soft")
