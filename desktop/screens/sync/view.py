"""The sync screen: how the exchange stands, what waits, what was refused and why, and what two have edited."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from core.qt.looks import button, dress, label
from core.qt.rows import Column, RowsModel
from core.qt.wording import moment
from desktop.desk import Desk
from desktop.ports import JournalLine
from desktop.screens.sync.conflicts import Clashing, ConflictLinks, clashing
from desktop.shell.loading import Loader
from desktop.shell.parts import Listing, padded
from desktop.shell.screen import Screen, screen
from desktop.shell.sync_light import words

EMPTY = (
    "没有待上传的内容，也没有被退回的内容。\n在本机办理的业务会先安全保存，再自动上传；没有上传的会列在这里。"
)
TITLES = {"waiting": "待上传", "refused": "被退回", "held": "待核对"}
TONES = {"waiting": "note", "refused": "bad", "held": "warn"}

COLUMNS = (
    Column[JournalLine]("时间", lambda line: moment(line.written), sort=lambda line: line.written),
    Column[JournalLine]("内容", lambda line: line.title),
    Column[JournalLine]("项目", lambda line: line.project or "—"),
    Column[JournalLine]("状态", lambda line: TITLES.get(line.status, line.status)),
    Column[JournalLine]("原因", lambda line: line.why),
)
TITLE_COLUMN, PROJECT_COLUMN, STATUS_COLUMN, WHY_COLUMN = range(1, 5)


@screen("sync", title="同步", icon="wait", order=90)
class SyncScreen(Screen):
    """Standing, list, and a button to exchange now."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._loader: Loader[list[JournalLine]] = Loader(desk.tasks, self._show)
        self.model = RowsModel(COLUMNS, lambda line: line.id)
        self.listing = Listing(self.model, EMPTY)
        self.listing.chip(STATUS_COLUMN, lambda line: TONES.get(line.status, "plain"))
        self.listing.widths(138, 96, 210, 88)
        self.listing.whole(TITLE_COLUMN, PROJECT_COLUMN, WHY_COLUMN)
        self._clashing: Loader[list[Clashing]] = Loader(desk.tasks, self._show_conflicts)
        self.conflicts = ConflictLinks(lambda project_id: desk.go("projects", f"{project_id}#信息"))
        self.state = label("", "note")
        row = QHBoxLayout()
        row.addWidget(label("同步", "title", wrap=False))
        row.addStretch(1)
        row.addWidget(button("立即同步", self._now, "primary", "sync_now"))
        layout = padded(QVBoxLayout(self))
        layout.addLayout(row)
        layout.addWidget(self.state)
        layout.addWidget(self.conflicts)
        layout.addWidget(self.listing, 1)

    def open(self, argument: str | None) -> None:
        """Read when it comes to the front."""
        self.refresh()

    def refresh(self) -> None:
        """Standing and list."""
        state = self.desk.sync.state()
        _colour, text = words(state, self.desk.clock.now())
        if state.problem:
            text += f"。{state.hint}"
        elif not state.online:
            text += "。本机已有的数据可以查看；需要服务器的操作请待网络恢复后再试。"
        self.state.setText(text)
        good = state.online and not state.refused and not state.problem
        dress(self.state, "note", "good" if good else "warn")
        self._loader.ask(lambda: list(self.desk.sync.lines()))
        self._clashing.ask(lambda: clashing(self.desk.store))

    def _show(self, lines: list[JournalLine]) -> None:
        self.model.set_rows(lines)

    def _show_conflicts(self, found: list[Clashing]) -> None:
        self.conflicts.show_projects(found)

    def _now(self) -> None:
        self.desk.sync.now()
        self.refresh()
