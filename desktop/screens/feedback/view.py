"""The tab 反馈与评价: the forms at the left, the chosen one with its evaluation at the right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout

from core.errors import Unreachable
from core.qt.looks import button, frame, label
from core.qt.rows import Column, RowsModel
from desktop.desk import Desk
from desktop.ports import FeedbackText
from desktop.screens.feedback.form_view import FormView, stars
from desktop.screens.feedback.office import OfficeDays, OfficeWriter
from desktop.screens.feedback.office_form import OfficeFormDialog
from desktop.screens.feedback.presenter import Feedback, FeedbackLine, FeedbackPresenter
from desktop.shell.parts import Listing, scrolled
from desktop.shell.saying import said
from desktop.shell.tab import Part

EMPTY = "还没有反馈单。\n当天的最后一名人员结束执业后，在执业终端上填写反馈单，同步后会出现在这里。"
CHOOSE = "选择一份反馈单，查看人员、时间、工作内容和委托单位的评价。"
_TONES = {"补充": "plain", "待评价": "note", "有争议": "bad", "已评价": "good"}

COLUMNS = (
    Column[FeedbackLine]("日期", lambda line: line.form.day),
    Column[FeedbackLine]("填写人", lambda line: line.form.person),
    Column[FeedbackLine]("评价", lambda line: line.rated),
    Column[FeedbackLine]("星级", lambda line: stars(line.evaluation.stars) if line.evaluation else ""),
)
RATED_COLUMN = 2


class FeedbackPart(Part):
    """List and detail."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._presenter = FeedbackPresenter(desk.store, desk.online)
        self._lines: list[FeedbackLine] = []
        self._asked = ("", False)
        self._lists = self.loader(self._show_lines)
        self._details = self.loader(self._show_feedback)
        self._texts = self.loader(self._show_text, self._explain_text, lane="online")
        self.model = RowsModel(COLUMNS, lambda line: line.id)
        self.listing = Listing(self.model, EMPTY)
        self.listing.chip(RATED_COLUMN, lambda line: _TONES[line.rated])
        self.listing.widths(104, 84, 84)
        self.listing.table.selectionModel().currentRowChanged.connect(lambda *_: self._choose_current())
        self.form = FormView()
        self._writer = OfficeWriter(desk.store, desk.online, desk.me, desk.clock)
        self._office = self.loader(self._show_days)
        self._days = OfficeDays("")
        self.write = button("补填反馈单…", self._write, "", "feedback_office")
        self.why_not = label("", "soft")
        self.dialog: OfficeFormDialog | None = None
        self._build()

    def clear(self) -> None:
        """Another project."""
        self._asked = ("", False)
        self.model.set_rows([])
        self._right.setCurrentIndex(0)
        self._show_days(OfficeDays(""))

    def read(self) -> None:
        """Read the forms."""
        project_id = self.project_id
        self._lists.ask(lambda: self._presenter.lines(project_id), project_id)
        self._office.ask(lambda: self._writer.days(project_id), project_id)

    def _build(self) -> None:
        hint = label(CHOOSE, "soft")
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint.setMargin(32)
        self._right = QStackedWidget()
        self._right.addWidget(hint)
        self._right.addWidget(scrolled(self.form))
        holder = QVBoxLayout()
        holder.setContentsMargins(1, 1, 1, 1)
        holder.addWidget(self._right)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.listing)
        splitter.addWidget(frame("card", holder))
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 3)
        splitter.setSizes([400, 640])
        splitter.setChildrenCollapsible(False)
        row = QHBoxLayout()
        row.addWidget(self.why_not, 1)
        row.addWidget(self.write)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 12, 0, 0)
        outer.setSpacing(12)
        outer.addLayout(row)
        outer.addWidget(splitter, 1)
        self._show_days(OfficeDays(""))

    def _show_days(self, days: OfficeDays) -> None:
        self._days = days
        self.write.setEnabled(bool(days.days))
        wanting = f"还没有反馈单的日期：{'、'.join(days.days[:3])}" + ("等" if len(days.days) > 3 else "")
        self.why_not.setText(wanting if days.days else days.obstacle)

    def _write(self) -> None:
        self.dialog = OfficeFormDialog(self.desk, self, self._writer, self._days)
        self.dialog.show()

    def _show_lines(self, lines: list[FeedbackLine]) -> None:
        if lines != self._lines or self.model.rowCount() != len(lines):
            self._lines = lines
            self.model.set_rows(lines)
        if lines and self.listing.table.current_row() is None:
            self.listing.table.selectRow(0)
        else:
            self._choose_current()

    def _choose_current(self) -> None:
        line = self.listing.table.current_row()
        if line is None:
            return
        project_id, form_id = self.project_id, line.id
        if form_id != self._asked[0]:
            self.form.begin(line)
            self._right.setCurrentIndex(1)
        self._details.ask(lambda: self._presenter.feedback(project_id, form_id), form_id)
        if (form_id, line.evaluation is not None) != self._asked:  # an evaluation brings its remarks
            self._asked = (form_id, line.evaluation is not None)
            self._texts.ask(lambda: self._presenter.text(form_id), form_id)

    def _show_feedback(self, feedback: Feedback) -> None:
        self.form.show_feedback(feedback)

    def _show_text(self, text: FeedbackText) -> None:
        self.form.show_text(text)

    def _explain_text(self, error: BaseException) -> None:
        if isinstance(error, Unreachable):
            self._asked = (self._asked[0], not self._asked[1])  # asked again when rows come
        self.form.say_why_not(said(error))
