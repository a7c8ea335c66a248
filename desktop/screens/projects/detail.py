"""One project: its head, and the tabs 信息, 委托单位, 进度, 执业历史, 反馈与评价."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from core.qt.icons import icon
from core.qt.looks import button, dress, label
from core.qt.theme import COLOURS
from desktop import wording
from desktop.desk import Desk
from desktop.screens.contacts.view import ContactsPart
from desktop.screens.feedback.view import FeedbackPart
from desktop.screens.projects.info_view import InfoPart
from desktop.screens.projects.presenter import Card, ProjectsPresenter
from desktop.screens.projects.progress_view import ProgressPart
from desktop.screens.visits.view import VisitsPart
from desktop.shell.loading import Loader
from desktop.shell.parts import Elided, padded
from desktop.shell.saying import said
from desktop.shell.tab import Part

FIRST = 3
"""执业历史: what one most often opens a project for."""


class ProjectDetail(QWidget):
    """Head and tabs; only the tab in front reads."""

    def __init__(self, desk: Desk, presenter: ProjectsPresenter, leave: Callable[[], None]) -> None:
        super().__init__()
        self._presenter = presenter
        self._project_id = ""
        self._desk = desk
        self._loader: Loader[Card] = Loader(desk.tasks, self._show, self._explain)
        self._name = Elided("", "title")
        self._number = label("", "soft", wrap=False)
        self._state = label("", "chip", wrap=False)
        self._kind = label("", "chip", wrap=False)
        self._there = label("", "chip", "good", wrap=False)
        self.clash = label("", "chip", "warn", wrap=False)
        self._info = InfoPart(desk)
        self._parts: list[tuple[str, Part]] = [
            ("信息", self._info),
            ("委托单位", ContactsPart(desk)),
            ("进度", ProgressPart(desk, presenter)),
            ("执业历史", VisitsPart(desk)),
            ("反馈与评价", FeedbackPart(desk)),
        ]
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for title, part in self._parts:
            self.tabs.addTab(part, title)
        self.tabs.setCurrentIndex(FIRST)
        self.tabs.currentChanged.connect(lambda _index: self._show_part())
        layout = padded(QVBoxLayout(self))
        layout.addLayout(self._head(leave))
        layout.addWidget(self.tabs, 1)
        for number in range(len(self._parts)):
            shortcut = QShortcut(QKeySequence(f"Alt+{number + 1}"), self)
            shortcut.activated.connect(lambda number=number: self.tabs.setCurrentIndex(number))

    def show_project(self, project_id: str) -> None:
        """Show another project; the tab stays, nothing of the one before does."""
        if project_id != self._project_id:
            self._loader.forget()
            self._clear()
        self._project_id = project_id
        self.refresh()

    def refresh(self) -> None:
        """Read head and front tab again."""
        project_id = self._project_id
        if project_id:
            self._loader.ask(lambda: self._presenter.card(project_id), project_id)
            self._show_part()

    def part(self, title: str) -> Part:
        """The tab of this title, brought to the front."""
        number = next(n for n, (name, _part) in enumerate(self._parts) if name == title)
        self.tabs.setCurrentIndex(number)
        return self._parts[number][1]

    def _head(self, leave: Callable[[], None]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        back = button("返回", leave, "plain", "detail_back")
        back.setIcon(icon("back", COLOURS.primary))
        back.setToolTip("返回项目表（Esc）")
        row.addWidget(back)
        row.addWidget(self._name, 1)
        for chip in (self.clash, self._there, self._kind, self._state):
            row.addWidget(chip, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(8)
        row.addWidget(self._number)
        return row

    def _show(self, card: Card) -> None:
        self._name.show_text(card.name)
        self._number.setText(f"合同编号 {card.number}")
        self._kind.setText(wording.kind(card.kind))
        self._state.setText(wording.state(card.state))
        tone = wording.STATE_TONES.get(card.state, "plain")
        dress(self._state, "chip", "" if tone == "plain" else tone)
        self._there.setText(f"现场 {card.on_site} 人")
        self._there.setVisible(card.on_site > 0)
        self.clash.setText(f"{len(card.conflicts)} 处修改冲突")
        self.clash.setVisible(bool(card.conflicts))
        for made in (self._number, self._kind, self._state):
            made.show()
        self._info.show_card(card)

    def _clear(self) -> None:
        self._name.show_text("正在读取…")
        for made in (self._number, self._kind, self._state, self._there, self.clash):
            made.hide()
        self._info.forget_card()

    def _explain(self, error: BaseException) -> None:
        """The head says why there is none, instead of naming another project."""
        self._name.show_text(said(error))

    def _show_part(self) -> None:
        if self._project_id:
            self._parts[self.tabs.currentIndex()][1].show_project(self._project_id)
