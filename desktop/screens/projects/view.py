"""The project table with its filters, and behind a double click or Enter the project in detail."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.qt.looks import label
from core.qt.rows import Column, Prepared, RowsModel
from core.qt.theme import COLOURS
from core.visits.queries import ProjectLine
from desktop import wording
from desktop.desk import Desk
from desktop.screens.projects.detail import ProjectDetail
from desktop.screens.projects.presenter import Filter, ProjectsPresenter
from desktop.shell.loading import Loader
from desktop.shell.parts import Choice, Listing, padded
from desktop.shell.screen import Screen, screen

NOTHING = "本机还没有项目。\n项目由负责人登记后会自动出现在这里；首次登录请等待同步完成，或按 F5 立即同步。"
NO_MATCH = "没有符合条件的项目，请放宽筛选条件或清空搜索。"

Prepare = Callable[[Sequence[ProjectLine]], Prepared[ProjectLine]]


def _people(count: int) -> str:
    return f"{count} 人" if count else ""


def _name(line: ProjectLine) -> str:
    """With a mark that can also be searched for."""
    return f"【修改冲突】{line.name}" if line.conflicts else line.name


COLUMNS = (
    Column[ProjectLine]("合同编号", lambda p: p.number),
    Column[ProjectLine](
        "项目名称",
        _name,
        sort=lambda p: p.name,
        colour=lambda p: COLOURS.warn if p.conflicts else None,
    ),
    Column[ProjectLine]("类别", lambda p: wording.kind(p.kind)),
    Column[ProjectLine]("状态", lambda p: wording.state(p.state), sort=lambda p: _order(p.state)),
    Column[ProjectLine]("区", lambda p: p.district),
    Column[ProjectLine]("负责人", lambda p: p.lead),
    Column[ProjectLine](
        "现场", lambda p: _people(p.on_site), sort=lambda p: p.on_site, colour=lambda _p: COLOURS.good
    ),
    Column[ProjectLine]("今日执业", lambda p: _people(p.today), sort=lambda p: p.today),
    Column[ProjectLine]("委托单位", lambda p: p.client),
)
STATE_COLUMN = 3
_ORDER = {name: number for number, name in enumerate(wording.STATES)}


def _order(state: str) -> int:
    """States sort as they follow each other, not by their spelling."""
    return _ORDER.get(state, len(_ORDER))


@screen("projects", title="项目", icon="form", order=10)
class ProjectsScreen(Screen):
    """Table and detail, one over the other."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._presenter = ProjectsPresenter(desk.store, desk.clock, desk.me, desk.drafts)
        self._every = self._at_work = 0
        self._handed: list[ProjectLine] | None = None
        self._loader: Loader[Prepared[ProjectLine] | None] = Loader(desk.tasks, self._show)
        self.model = RowsModel(COLUMNS, lambda line: line.id)
        self.listing = Listing(self.model, "正在读取…")
        self.listing.chip(STATE_COLUMN, lambda line: wording.STATE_TONES.get(line.state, "plain"))
        self.listing.widths(124, 290, 60, 84, 78, 76, 64, 84)
        self.listing.table.activated.connect(lambda _index: self._open_current())
        self.listing.table.setObjectName("projects_table")
        self.detail = ProjectDetail(desk, self._presenter, self._leave)
        self._count = label("", "soft", wrap=False)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._list_page())
        self._stack.addWidget(self.detail)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self._add_keys()

    def open(self, argument: str | None) -> None:
        """The table, or the named project; a tab's title may follow after ``#``."""
        if argument is None:
            self._leave()
            self._read()
            self.listing.table.setFocus()
        else:
            project_id, _mark, tab = argument.partition("#")
            self.detail.show_project(project_id)
            if tab:
                self.detail.part(tab)
            self._stack.setCurrentWidget(self.detail)
            self.detail.tabs.setFocus()

    def refresh(self) -> None:
        """Whatever is in front is read again."""
        if self._stack.currentWidget() is self.detail:
            self.detail.refresh()
        self._read()

    def back(self) -> bool:
        """From the detail to the table."""
        inside = self._stack.currentWidget() is self.detail
        self._leave()
        return inside

    def look_for(self) -> bool:
        """The table's own search field."""
        self._leave()
        self.search.setFocus()
        self.search.selectAll()
        return True

    def _list_page(self) -> QWidget:
        page = QWidget()
        layout = padded(QVBoxLayout(page))
        row = QHBoxLayout()
        row.addWidget(label("项目", "title", wrap=False))
        row.addSpacing(8)
        row.addWidget(self._count)
        row.addStretch(1)
        self.search = QLineEdit()
        self.search.setObjectName("projects_search")
        self.search.setPlaceholderText("在表中查找（Ctrl+F）")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(220)
        self.states = _choice("全部状态", wording.STATES, "projects_state")
        self.kinds = _choice("全部类别", wording.KINDS, "projects_kind")
        self.on_site = QCheckBox("只看现场有人的")
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(120)
        self._typing.timeout.connect(self._filter)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.states.currentIndexChanged.connect(lambda _index: self._filter())
        self.kinds.currentIndexChanged.connect(lambda _index: self._filter())
        self.on_site.toggled.connect(lambda _on: self._filter())
        for widget in (self.on_site, self.states, self.kinds, self.search):
            row.addWidget(widget)
        layout.addLayout(row)
        layout.addWidget(self.listing, 1)
        return page

    def _read(self) -> None:
        prepare = self.model.prepare()
        self._loader.ask(lambda: self._fresh(prepare))

    def _fresh(self, prepare: Prepare) -> Prepared[ProjectLine] | None:
        """In the lane: the rows made ready, for many thousands of them take long; nothing if none has changed."""
        lines = self._presenter.lines()
        if lines == self._handed:
            return None
        prepared, self._handed = prepare(lines), lines
        return prepared

    def _show(self, prepared: Prepared[ProjectLine] | None) -> None:
        if prepared is None:
            return  # the table stays untouched
        self.listing.say(NO_MATCH if prepared.rows else NOTHING)
        self._every, self._at_work = len(prepared.rows), sum(line.on_site for line in prepared.rows)
        self.model.show(prepared)
        self._counted()

    def _filter(self) -> None:
        wanted = Filter(
            str(self.states.currentData()), str(self.kinds.currentData()), self.on_site.isChecked()
        )
        self.model.set_filter(self.search.text(), wanted.keeps)
        self._counted()

    def _counted(self) -> None:
        shown, every = self.model.rowCount(), self._every
        text = f"共 {every} 个" if shown == every else f"{shown} / {every} 个"
        self._count.setText(text + (f" · 现场 {self._at_work} 人" if self._at_work else ""))

    def _open_current(self) -> None:
        line = self.listing.table.current_row()
        if line is not None:
            self.desk.go("projects", line.id)

    def _leave(self) -> None:
        self._stack.setCurrentIndex(0)

    def _add_keys(self) -> None:
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            shortcut = QShortcut(QKeySequence(key), self.listing.table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(self._open_current)


def _choice(everything: str, titles: dict[str, str], name: str) -> QComboBox:
    box = Choice()
    box.setObjectName(name)
    box.setAccessibleName(everything)
    box.addItem(everything, "")
    for key, title in titles.items():
        box.addItem(title, key)
    box.setMinimumWidth(104)
    return box
