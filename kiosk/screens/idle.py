"""The start: projects near here, the nearest first, who is on site, and the two actions (S-15)."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.qt.icons import icon, pixmap
from core.qt.looks import button, clear, label
from core.qt.theme import COLOURS, KIOSK
from core.qt.touch import TouchArea, TouchCard
from core.qt.wording import distance, since
from kiosk.desk import Desk
from kiosk.events import TouchedProject, Wanted
from kiosk.screens.page import Page
from kiosk.shown import Action, OnSite, ProjectCard
from kiosk.states import Choosing, Idle

_ASK = "请先选择项目，再选择“开始执业”或“结束执业”。"
_NONE = "本机还没有可执业的项目。项目须由负责人在电脑端提交，并把从业人员加入项目；联网同步后会显示在这里。"


class IdleScreen(Page):
    """Project cards above, what can be done below; nothing can be done before a project is chosen."""

    title = "现场执业"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.back.hide()
        self._cards: dict[str, TouchCard] = {}
        self._projects: Sequence[ProjectCard] | None = None
        self._hint = label(_ASK, "big")
        self._hint.setObjectName("hint")
        self.body.addWidget(self._hint)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 6, 0)
        self._grid.setSpacing(KIOSK.gap)
        around = QVBoxLayout()
        around.setContentsMargins(0, 0, 0, 0)
        around.addLayout(self._grid)
        around.addStretch(1)
        self.body.addWidget(TouchArea(around), 1)
        self._wide_grid = False
        self._records = self._small("执业记录", Action.RECORDS, "person")
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
        """Show the projects anew, unless they are as they were: what is under a finger must not flicker."""
        if self._projects is None or tuple(projects) != tuple(self._projects):
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

    def _fill(self) -> None:
        chosen = [key for key, card in self._cards.items() if card.property("tone")]
        clear(self._grid)
        self._cards = {}
        if not self._projects:
            if self._projects is not None:
                self._grid.addWidget(label(_NONE, "note"), 0, 0)
                self._grid.setColumnStretch(1, 0)
            return
        columns = 2 if self._wide_grid and len(self._projects) > 1 else 1
        for number, project in enumerate(self._projects):
            card = self._card(project)
            card.choose(project.id in chosen)
            self._cards[project.id] = card
            self._grid.addWidget(card, number // columns, number % columns)
        for column in range(2):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

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

    def _card(self, project: ProjectCard) -> TouchCard:
        card = TouchCard()
        card.setObjectName(f"project_{project.id}")
        card.setAccessibleName(project.name)
        card.pressed.connect(lambda: self.desk.send(TouchedProject(project)))
        head = QHBoxLayout()
        head.addWidget(label(project.name, "large"), 1)
        if project.distance_m is not None:
            far = label(distance(project.distance_m), "chip", wrap=False)
            head.addWidget(far, 0, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(head)
        kind = f"{project.kind}　" if project.kind else ""
        card.body.addWidget(label(f"{kind}{project.address}", "soft"))
        card.body.addWidget(self._people(project.on_site))
        if not project.may_start:
            card.body.addWidget(label(f"暂不能开始：{project.reason}", "note", "warn"))
        elif project.claimed_by:
            card.body.addWidget(label(f"今天的反馈单由{project.claimed_by}填写", "small"))
        card.body.addStretch(1)
        return card

    def _people(self, on_site: Sequence[OnSite]) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(8)
        now = self.desk.ports.clock.now()
        names = "，".join(f"{one.name}（{since(one.since, now)} 起）" for one in on_site)
        picture = label()
        picture.setPixmap(pixmap("person", COLOURS.good if on_site else COLOURS.disabled_ink, 26))
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(label(f"在场：{names}" if on_site else "现在无人在场", "" if on_site else "soft"), 1)
        return line

    def _small(self, text: str, action: Action, drawing: str) -> QWidget:
        made = button(text, lambda: self.desk.send(Wanted(action)), "", action.value)
        made.setIcon(icon(drawing, COLOURS.ink))
        return made

    def _big(self, text: str, action: Action, look: str, drawing: str) -> QPushButton:
        made = button(text, lambda: self.desk.send(Wanted(action)), look, action.value)
        made.setIcon(icon(drawing, COLOURS.on_dark))
        return made
