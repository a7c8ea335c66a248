"""The visits of the person who was recognised, or of the project (S-10)."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.qt.looks import button, clear, column, frame, label
from core.qt.theme import KIOSK
from core.qt.touch import TouchArea
from core.qt.wording import hour, moment
from kiosk.desk import Desk
from kiosk.events import ChoseRecords
from kiosk.screens.page import Page
from kiosk.shown import VisitRow
from kiosk.states import Records

_EMPTY = {
    False: "您还没有执业记录。选择项目后点“开始执业”，完成后会显示在这里。",
    True: "本项目还没有执业记录。有人开始执业后会显示在这里。",
}


class RecordsScreen(Page):
    """Two lists, one button for each."""

    title = "执业历史"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, back="返回首页")
        switch = QHBoxLayout()
        switch.setSpacing(KIOSK.gap)
        self._mine = button("我的执业", lambda: desk.send(ChoseRecords(False)), "", "mine")
        self._project = button("本项目执业历史", lambda: desk.send(ChoseRecords(True)), "", "of_project")
        for made in (self._mine, self._project):
            made.setCheckable(True)
            switch.addWidget(made, 1)
        self.body.addLayout(switch)
        self._who = label("", "soft")
        self.body.addWidget(self._who)
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 6, 0)
        self._list.setSpacing(12)
        self._area = TouchArea(self._list)
        self.body.addWidget(self._area, 1)
        self._shown: Records | None = None

    def leave(self) -> None:
        """Forget whose list it was."""
        self._shown = None
        clear(self._list)

    def show_state(self, state: Records) -> None:
        """Fetch the list that is asked for, once."""
        self._mine.setChecked(not state.of_project)
        self._project.setChecked(state.of_project)
        self._who.setText(state.project.name if state.of_project else state.accepted.name)
        if state == self._shown:
            return
        self._shown = state
        clear(self._list)
        self._list.addWidget(label("正在读取…", "big"))
        self._list.addStretch(1)
        visits, key = self.desk.ports.visits, state.accepted.pass_id
        fetch = visits.of_project if state.of_project else visits.mine
        fetched = self.desk.tasks.run(lambda: fetch(key), "database")
        fetched.then(lambda rows: self._fill(state, rows))

    def _fill(self, state: Records, rows: Sequence[VisitRow]) -> None:
        if state != self._shown:
            return
        clear(self._list)
        for row in rows:
            self._list.addWidget(self._card(row, state.of_project))
        if not rows:
            self._list.addWidget(label(_EMPTY[state.of_project], "note"))
        self._list.addStretch(1)
        self._area.verticalScrollBar().setValue(0)

    @staticmethod
    def _card(row: VisitRow, of_project: bool) -> QWidget:
        head = QHBoxLayout()
        head.addWidget(label(row.person_name if of_project else row.project_name, "large"), 1)
        verdict = label(row.verdict, "chip", row.tone.value, wrap=False)
        head.addWidget(verdict, 0, Qt.AlignmentFlag.AlignTop)
        end = "至今"
        if row.ended_at is not None:
            same = row.ended_at.date() == row.started_at.date()
            end = hour(row.ended_at) if same else moment(row.ended_at)
        layout = column(gap=6, margin=20)
        layout.addLayout(head)
        layout.addWidget(label(f"{moment(row.started_at)} – {end}", "soft"))
        counted = "，".join(text for text in (row.counted, row.reason) if text)
        if counted:
            layout.addWidget(label(counted))
        return frame("tile", layout)
