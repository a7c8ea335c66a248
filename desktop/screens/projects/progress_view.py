"""The tab 进度: the project's life as a line of dots, the newest above."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from core.clock import from_ms
from core.qt.looks import label
from core.qt.theme import COLOURS
from core.qt.wording import moment
from desktop.desk import Desk
from desktop.screens.projects.presenter import ProjectsPresenter, Step
from desktop.shell.chips import CHIP_TONES
from desktop.shell.tab import Part

ROW = 46
TOP = 18
EMPTY = "还没有进度记录。项目提交后，状态变化、联系人、执业、反馈和评价会按时间列在这里。"


class StepLine(QWidget):
    """Dots on a line, each with time, title and note; only what is visible is painted."""

    def __init__(self) -> None:
        super().__init__()
        self._steps: Sequence[Step] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Replace all."""
        self._steps = steps
        self.setFixedHeight(2 * TOP + ROW * max(len(steps), 1))
        self.setAccessibleDescription("；".join(f"{moment(from_ms(s.at_ms))} {s.title}" for s in steps[:20]))
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(600, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Line first, then the dots that are in view."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if len(self._steps) > 1:
            painter.setPen(QPen(QColor(COLOURS.line), 2))
            last = TOP + ROW * (len(self._steps) - 1) + 12
            painter.drawLine(QPointF(172, TOP + 12), QPointF(172, last))
        first = max((event.rect().top() - TOP) // ROW, 0)
        for number in range(first, min((event.rect().bottom() - TOP) // ROW + 1, len(self._steps))):
            self._paint_step(painter, self._steps[number], TOP + number * ROW)
        painter.end()

    def _paint_step(self, painter: QPainter, step: Step, top: int) -> None:
        ink, _ground = CHIP_TONES[step.tone]
        painter.setPen(QColor(COLOURS.soft))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(
            QRectF(8, top, 140, 24), middle | Qt.AlignmentFlag.AlignRight, moment(from_ms(step.at_ms))
        )
        painter.setPen(QPen(QColor(COLOURS.card), 3))
        painter.setBrush(QColor(ink))
        painter.drawEllipse(QPointF(172, top + 12), 7, 7)
        painter.setPen(QColor(ink if step.tone != "plain" else COLOURS.ink))
        painter.drawText(QRectF(196, top, self.width() - 210, 24), middle, step.title)
        if step.note:
            metrics = painter.fontMetrics()
            note = metrics.elidedText(step.note, Qt.TextElideMode.ElideRight, self.width() - 210)
            painter.setPen(QColor(COLOURS.soft))
            painter.drawText(QRectF(196, top + 20, self.width() - 210, 20), middle, note)


class ProgressPart(Part):
    """Reads the steps of the project in front."""

    def __init__(self, desk: Desk, presenter: ProjectsPresenter) -> None:
        super().__init__(desk)
        self._presenter = presenter
        self._loader = self.loader(self._show)
        self.line = StepLine()
        self._empty = label(EMPTY, "soft")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._area = QScrollArea()
        self._area.setWidget(self.line)
        self._area.setWidgetResizable(True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 8, 0, 0)
        outer.addWidget(self._area, 1)
        outer.addWidget(self._empty, 1)
        self._empty.hide()

    def clear(self) -> None:
        """Another project."""
        self.line.show_steps(())
        self._empty.hide()

    def read(self) -> None:
        """Read the steps."""
        project_id = self.project_id
        self._loader.ask(lambda: self._presenter.steps(project_id), project_id)

    def _show(self, steps: list[Step]) -> None:
        self._area.setVisible(bool(steps))
        self._empty.setVisible(not steps)
        self.line.show_steps(steps)
