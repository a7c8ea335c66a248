"""The start: projects near here, the nearest first, who is on site, and the two actions (S-15)."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.qt.icons import icon
from core.qt.looks import button, label
from core.qt.theme import COLOURS, KIOSK
from core.qt.touch import TouchArea
from kiosk.desk import Desk
from kiosk.events import TouchedProject, Wanted
from kiosk.screens.page import Page
from kiosk.screens.project_card import ProjectTile
from kiosk.shown import Action, ProjectCard
from kiosk.states import Choosing, Idle

_ASK = "请先选择项目，再选择“开始执业”或“结束执业”。"
_NONE = "本机还没有可执业的项目。项目须由负责人在电脑端提交，并把从业人员加入项目；联网同步后会显示在这里。"
PAGE = 15
"""Cards that are shown at first: more would hold the window too long, and nobody looks for the sixteenth nearest."""
_FINGER_MS = 200


class IdleScreen(Page):
    """Project cards above, what can be done below; nothing can be done before a project is chosen."""

    title = "现场执业"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.back.hide()
        self._cards: dict[str, ProjectTile] = {}
        self._order: tuple[int, list[str]] | None = None
        self._projects: Sequence[ProjectCard] | None = None
        self._newest: Sequence[ProjectCard] | None = None
        self._limit = PAGE
        self._hint = label(_ASK, "big")
        self._hint.setObjectName("hint")
        self.body.addWidget(self._hint)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 6, 0)
        self._grid.setSpacing(KIOSK.gap)
        self._nothing = label(_NONE, "note")
        self._nothing.hide()
        self._show_more = button("", self._more, "", "more")
        self._show_more.hide()
        around = QVBoxLayout()
        around.setContentsMargins(0, 0, 0, 0)
        around.addLayout(self._grid)
        around.addWidget(self._nothing)
        around.addWidget(self._show_more)
        around.addStretch(1)
        self.body.addWidget(TouchArea(around), 1)
        self._wide_grid = False
        self._records = self._small("执业历史", Action.RECORDS, "person")
        self._form = self._small("填写反馈单", Action.FORM, "form")
        self._side = QHBoxLayout()
        self._side.setSpacing(KIOSK.gap)
        self._side.addWidget(self._records)
        self._side.addWidget(self._form)
        self.body.addLayout(self._side)
        self._end = self.add_next(self._big("结束执业", Action.END, "closing", "stop"))
        self._start = self.add_next(self._big("开始执业", Action.START, "primary", "start"))
        self._choose(None)

    def show_projects(self, projects: Sequence[ProjectCard]) -> None:
        """Show what is new; nothing moves while a finger is on a card, or its touch would be lost."""
        self._newest = projects
        if any(card.is_down for card in self._cards.values()):
            QTimer.singleShot(_FINGER_MS, self, lambda: self.show_projects(self._newest or ()))
        elif self._projects is None or tuple(projects) != tuple(self._projects):
            self._projects = projects
            self._fill()

    def show_state(self, state: Idle | Choosing) -> None:
        """Mark the chosen project and say what can be done with it."""
        self._choose(state.project if isinstance(state, Choosing) else None)

    def arrange(self, wide: bool) -> None:
        """In landscape two cards in a row, and all buttons in one, to leave height for the cards."""
        for place, made in enumerate((self._records, self._form)):
            if wide:
                self.foot_row.insertWidget(place, made, 1)
            else:
                self._side.insertWidget(place, made)
        self._wide_grid = wide
        self._fill()

    def leave(self) -> None:
        """Back to a short list for the next person."""
        if self._limit != PAGE:
            self._limit = PAGE
            self._fill()

    def _more(self) -> None:
        self._limit += PAGE
        self._fill()

    def _fill(self) -> None:
        """Bring cards and places up to date; cards are made for new projects only, because making one takes long."""
        if self._projects is None:
            return
        now = self.desk.ports.clock.now()
        chosen = next((key for key, card in self._cards.items() if card.property("tone")), None)
        shown = [one for place, one in enumerate(self._projects) if place < self._limit or one.id == chosen]
        self._drop({one.id for one in shown})
        for project in shown:
            if project.id in self._cards:
                self._cards[project.id].show_project(project, now)
            else:
                self._cards[project.id] = ProjectTile(project, self._touched, now)
        self._place([self._cards[one.id] for one in shown])
        self._nothing.setVisible(not shown)
        hidden = len(self._projects) - len(shown)
        self._show_more.setVisible(hidden > 0)
        self._show_more.setText(f"显示更多（还有 {hidden} 个项目）")

    def _drop(self, keep: set[str]) -> None:
        for key in [key for key in self._cards if key not in keep]:
            card = self._cards.pop(key)
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()

    def _place(self, cards: list[ProjectTile]) -> None:
        """Put the cards in order, touching the grid only where the order has changed."""
        columns = 2 if self._wide_grid and len(cards) > 1 else 1
        order = (columns, [card.objectName() for card in cards])
        if order == self._order:
            return
        self._order = order
        for number, card in enumerate(cards):
            self._grid.addWidget(card, number // columns, number % columns)
        for column in range(2):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def _touched(self, project: ProjectCard) -> None:
        self.desk.send(TouchedProject(project))

    def _choose(self, project: ProjectCard | None) -> None:
        for key, card in self._cards.items():
            card.choose(project is not None and key == project.id)
        for made in (self._records, self._form, self._end):
            made.setEnabled(project is not None)
        self._start.setEnabled(project is not None and project.may_start)
        if project is None:
            self._hint.setText(_ASK)
        elif project.may_start:
            self._hint.setText(f"已选择：{project.name}")
        else:
            self._hint.setText(f"暂不能开始执业：{project.reason}")

    def _small(self, text: str, action: Action, drawing: str) -> QWidget:
        made = button(text, lambda: self.desk.send(Wanted(action)), "", action.value)
        made.setIcon(icon(drawing, COLOURS.ink))
        return made

    def _big(self, text: str, action: Action, look: str, drawing: str) -> QPushButton:
        made = button(text, lambda: self.desk.send(Wanted(action)), look, action.value)
        made.setIcon(icon(drawing, COLOURS.on_dark))
        return made
