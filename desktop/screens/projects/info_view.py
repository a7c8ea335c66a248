"""The tab 信息: basics, contract, place and people of a project."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from core.clock import day_of_ms
from core.projects.lifecycle import REASON_LENGTH
from core.qt.looks import button, clear, column, dress, frame, label
from core.qt.wording import duration
from desktop import wording
from desktop.desk import Desk
from desktop.ports import Online
from desktop.screens.projects import moving
from desktop.screens.projects.conflict_view import ConflictNotice
from desktop.screens.projects.edit_dialog import EditDialog
from desktop.screens.projects.editing import Head
from desktop.screens.projects.presenter import Card, PersonLine
from desktop.shell.asking import ReasonDialog
from desktop.shell.parts import Facts, scrolled
from desktop.shell.tab import Part

REOPEN = (
    "重新开放项目",
    "重新开放后，项目回到“已提交”，人员可以再次开始执业；“工作已完成”不再算数，由以后的反馈单再次确认。\n"
    "原因 5 至 500 字，记入项目进度。",
    "重新开放",
    "项目已重新开放，可以再次开始执业。",
)
TERMINATE = (
    "终止项目",
    "终止后不能恢复：任何人都不能再开始执业。正在现场的人员可以结束执业，时间照常计入，反馈和评价照常进行。\n"
    "原因 5 至 500 字，永久保留，不能修改。",
    "终止项目",
    "项目已终止。",
)
UNANSWERED = "本机已保存，联网后自动上传；待服务器确认"


class InfoPart(Part):
    """Filled by the detail, which has read the card for its head anyway."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._shown = ""
        self._basics, self._contract, self._work = Facts(), Facts(), Facts()
        self._people = QVBoxLayout()
        self._people.setSpacing(8)
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 12, 12, 12)
        grid.setSpacing(12)
        self.conflicts = ConflictNotice(desk)
        grid.addWidget(self.conflicts, 0, 0, 1, 2)
        grid.addLayout(self._editing(), 1, 0, 1, 2)
        grid.addWidget(_card("基本信息", self._basics), 2, 0)
        beside = column(_card("合同", self._contract), _card("项目状态", self._moves()), gap=12)
        grid.addLayout(beside, 2, 1)
        people = QWidget()
        self._people.setContentsMargins(0, 0, 0, 0)
        people.setLayout(self._people)
        grid.addWidget(_card("项目人员", people), 3, 0)
        grid.addWidget(_card("执业", self._work), 3, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(4, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inside))

    def _editing(self) -> QHBoxLayout:
        self.edit = button("修改项目…", self._edit, "", "project_edit")
        self.edit.setEnabled(False)
        self.unanswered, self.why_not_edit = (
            label(UNANSWERED, "soft", wrap=False),
            label("", "soft", wrap=False),
        )
        self.unanswered.hide()
        self._head: Head | None = None
        self.edit_dialog: EditDialog | None = None
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.edit)
        row.addWidget(self.why_not_edit)
        row.addWidget(self.unanswered)
        row.addStretch(1)
        return row

    def _edit(self) -> None:
        if self._head is not None:
            self.edit_dialog = EditDialog(self.desk, self, self._head)
            self.edit_dialog.show()

    def _moves(self) -> QWidget:
        self.reopen = button("重新开放…", self._reopen, "", "project_reopen")
        self.terminate = button("终止项目…", self._terminate, "", "project_terminate")
        self.why_not_reopen, self.why_not_terminate = label("", "soft"), label("", "soft")
        self.dialog: ReasonDialog | None = None
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        for row, (made, why) in enumerate(
            ((self.reopen, self.why_not_reopen), (self.terminate, self.why_not_terminate))
        ):
            made.setEnabled(False)
            grid.addWidget(made, row, 0)
            grid.addWidget(why, row, 1)
        grid.setColumnStretch(1, 1)
        return inside

    def _reopen(self) -> None:
        self._ask(REOPEN, moving.reopen)

    def _terminate(self) -> None:
        self._ask(TERMINATE, moving.terminate)

    def _ask(self, words: tuple[str, str, str, str], act: Callable[[Online, str, str, str], None]) -> None:
        online, project_id = self.desk.online, self._shown
        self.dialog = ReasonDialog(
            self.desk,
            self,
            words,
            lambda reason, command_id: act(online, project_id, reason, command_id),
            REASON_LENGTH,
        )
        self.dialog.show()

    def forget_card(self) -> None:
        """Another project, which has not been read yet."""
        self._shown, self._head = "", None
        for made in (self.reopen, self.terminate, self.edit):
            made.setEnabled(False)
        for why in (self.why_not_reopen, self.why_not_terminate, self.why_not_edit):
            why.clear()
        self.unanswered.hide()
        self.conflicts.show_conflicts((), "")
        for facts in (self._basics, self._contract, self._work):
            facts.show_rows([])
        clear(self._people)

    def show_card(self, card: Card) -> None:
        """Fill everything."""
        self._shown, self._head = card.id, card.head
        self.conflicts.show_conflicts(card.conflicts, card.obstacles.choose)
        self.unanswered.setVisible(card.unanswered)
        self.why_not_edit.setVisible(bool(card.obstacles.edit))
        for made, why, found, open_to in (
            (self.reopen, self.why_not_reopen, card.obstacles.reopen, "项目回到“已提交”，可以再次开始执业"),
            (self.terminate, self.why_not_terminate, card.obstacles.terminate, "终止后不能恢复"),
            (self.edit, self.why_not_edit, card.obstacles.edit, ""),
        ):
            made.setEnabled(not found)
            why.setText(found or open_to)
        self._show_words(card)
        clear(self._people)
        for person in card.people:
            self._people.addLayout(_person(person))
        if not card.people:
            self._people.addWidget(label("还没有项目人员，请由项目负责人在项目登记中补充。", "soft"))

    def _show_words(self, card: Card) -> None:
        place = card.place
        point = f"{place.lat:.6f}，{place.lon:.6f}（WGS-84）" if place else ""
        self._basics.show_rows(
            [
                ("项目名称", card.name),
                ("类别", wording.kind(card.kind)),
                ("状态", wording.state(card.state) + (f"：{card.end_reason}" if card.end_reason else "")),
                ("区", card.district),
                ("地址", card.address),
                ("坐标", point),
                ("执业半径", f"{place.radius_m} 米" if place else ""),
            ]
        )
        self._contract.show_rows(
            [
                ("合同编号", card.number),
                ("委托单位", card.client),
                ("合同期", f"{card.starts_on} 至 {card.ends_on}"),
            ]
        )
        self._work.show_rows(
            [
                ("现在现场", f"{card.on_site} 人" if card.on_site else "无人"),
                ("执业次数", f"{card.visits} 次"),
                ("计入时间", duration(card.counted_s)),
            ]
        )


def _card(title: str, inside: QWidget) -> QWidget:
    layout = column(label(title, "heading"), inside, gap=10, margin=16)
    layout.addStretch(1)
    return frame("card", layout)


def _person(person: PersonLine) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(12)
    name = label(person.name, wrap=False)
    name.setFixedWidth(96)
    row.addWidget(name)
    role = label(wording.ROLES.get(person.role, person.role), "soft", wrap=False)
    role.setFixedWidth(84)
    row.addWidget(role)
    row.addWidget(label(f"自 {day_of_ms(person.since_ms)} 起", "small", wrap=False))
    if person.on_site:
        chip = label("在现场", "chip", wrap=False)
        dress(chip, "chip", "good")
        row.addWidget(chip, 0, Qt.AlignmentFlag.AlignVCenter)
    row.addStretch(1)
    return row
