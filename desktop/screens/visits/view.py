"""The tab 执业历史: the visits, who was on site when, and the chosen visit with its evidence."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from core.clock import SHANGHAI, from_ms
from core.errors import NotAllowed, Unreachable
from core.qt.looks import frame, label
from core.qt.rows import Column, RowsModel
from core.qt.wording import duration, hour, moment
from core.visits.queries import VisitLine
from desktop import wording
from desktop.desk import Desk
from desktop.ports import Evidence
from desktop.screens.visits.day_view import DayView
from desktop.screens.visits.evidence_view import EvidenceView
from desktop.screens.visits.presenter import Measured, VisitsPage, VisitsPresenter
from desktop.shell.parts import Listing, scrolled
from desktop.shell.saying import said
from desktop.shell.tab import Part

EMPTY = "这个项目还没有执业。\n人员在执业终端上点“开始执业”并通过人脸验证后，几秒内会出现在这里。"
NOT_MINE = "照片、得分和动作只有公司管理人员和监督人员可以查看。位置和时间如下。"
CHOOSE = "选择一次执业，查看照片、得分、位置和结论的依据。"


def ended(visit: VisitLine) -> str:
    """The end: without the date when it is the day of the start."""
    if visit.until_ms is None:
        return "—"
    start, end = from_ms(visit.started_ms), from_ms(visit.until_ms)
    same = start.astimezone(SHANGHAI).date() == end.astimezone(SHANGHAI).date()
    return hour(end) if same else moment(end)


def counted(visit: VisitLine) -> str:
    """The counted time, or why there is none."""
    zero = wording.why_zero(visit.state, visit.reasons, visit.rule)
    if visit.state == "open":
        return "计时中"
    return zero or duration(visit.counted_s)


COLUMNS = (
    Column[VisitLine]("人员", lambda v: v.person),
    Column[VisitLine]("开始", lambda v: moment(from_ms(v.started_ms)), sort=lambda v: v.started_ms),
    Column[VisitLine]("结束", ended, sort=lambda v: v.until_ms or 0),
    Column[VisitLine]("结论", lambda v: wording.verdict(v.state)),
    Column[VisitLine]("计入时间 / 原因", counted, sort=lambda v: (v.counted_s, counted(v))),
    Column[VisitLine]("时间证明", lambda v: wording.PROOFS.get(v.proof, v.proof)),
)
VERDICT_COLUMN = 3


class VisitsPart(Part):
    """Table and day plot at the left, the chosen visit at the right."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._presenter = VisitsPresenter(desk.store, desk.online, desk.clock)
        self._page = VisitsPage((), 0)
        self._asked: tuple[str, str | None] = ("", None)
        self._pages = self.loader(self._show_page)
        self._details = self.loader(self._show_measured)
        self._evidence = self.loader(self._show_evidence, self._explain_evidence, lane="online")
        self.model = RowsModel(COLUMNS, lambda visit: visit.id)
        self.listing = Listing(self.model, EMPTY)
        self.listing.chip(VERDICT_COLUMN, lambda v: wording.VERDICT_TONES.get(v.state, "plain"))
        self.listing.widths(76, 142, 62, 84, 156)
        self.listing.table.selectionModel().currentRowChanged.connect(lambda *_: self._choose_current())
        self.day = DayView()
        self.day.chosen.connect(self.choose)
        self.day_title = label("", "heading", wrap=False)
        self.evidence = EvidenceView()
        self._build()

    def choose(self, visit_id: str) -> None:
        """Select a visit in the table."""
        place = self.model.place_of(visit_id)
        if place is not None:
            self.listing.table.selectRow(place)

    def clear(self) -> None:
        """Another project: nothing is chosen."""
        self._asked, self._page = ("", None), VisitsPage((), 0)
        self._below.hide()
        self.model.set_rows([])
        self._right.setCurrentIndex(0)
        self.day.show_day(None, "")

    def read(self) -> None:
        """Read the visits."""
        project_id = self.project_id
        self._pages.ask(lambda: self._presenter.page(project_id), project_id)

    def _build(self) -> None:
        below = QVBoxLayout()
        below.setContentsMargins(12, 10, 12, 6)
        below.addWidget(self.day_title)
        below.addWidget(self.day)
        self._below = frame("card", below)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(12)
        column.addWidget(self.listing, 1)
        column.addWidget(self._below)
        hint = label(CHOOSE, "soft")
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint.setMargin(32)
        area = scrolled(self.evidence)
        self._right = QStackedWidget()
        self._right.addWidget(hint)
        self._right.addWidget(area)
        holder = QVBoxLayout()
        holder.setContentsMargins(1, 1, 1, 1)
        holder.addWidget(self._right)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(left)
        splitter.addWidget(frame("card", holder))
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setSizes([640, 420])
        splitter.setChildrenCollapsible(False)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 12, 0, 0)
        outer.addWidget(splitter)

    def _show_page(self, page: VisitsPage) -> None:
        unchanged = page.visits == self._page.visits
        self._page = page
        if not unchanged or self.model.rowCount() != len(page.visits):
            self.model.set_rows(page.visits)
        self._below.setVisible(bool(page.visits))
        if page.visits and self.listing.table.current_row() is None:
            self.listing.table.selectRow(0)
        else:
            self._choose_current()

    def _choose_current(self) -> None:
        visit = self.listing.table.current_row()
        day = visit.day if visit else (self._page.days[0] if self._page.days else "")
        self.day.show_day(self._page.plot(day) if day else None, visit.id if visit else "")
        self.day_title.setText(f"{day} 现场人员")
        if visit is None:
            return
        project_id, visit_id = self.project_id, visit.id
        self._details.ask(lambda: self._presenter.measured(project_id, visit_id), visit_id)
        if visit_id != self._asked[0]:
            self.evidence.begin(visit)
            self._right.setCurrentIndex(1)
        if (visit_id, visit.end_id) != self._asked:  # a new end brings a new photo
            self._asked = (visit_id, visit.end_id)
            self._evidence.ask(lambda: self._presenter.evidence(visit_id), visit_id)

    def _show_measured(self, measured: Measured) -> None:
        self.evidence.show_measured(measured)

    def _show_evidence(self, evidence: Evidence) -> None:
        self.evidence.show_evidence(evidence)

    def _explain_evidence(self, error: BaseException) -> None:
        if isinstance(error, Unreachable):
            self._asked = (
                self._asked[0],
                "",
            )  # asked again when rows come, which they do once there is a network
        denied = (
            isinstance(error, NotAllowed) and error.code == "not-allowed"
        )  # a login that is over is another
        self.evidence.say_why_not(NOT_MINE if denied else said(error))
