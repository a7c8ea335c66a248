"""One feedback form: who, when, counted or why zero; what was done; and what the client's contact answered."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.clock import from_ms
from core.qt.images import from_jpeg, rounded
from core.qt.looks import clear, dress, label
from core.qt.wording import duration, hour, moment
from core.visits.queries import VisitLine
from desktop import wording
from desktop.ports import FeedbackText
from desktop.screens.feedback.presenter import Answer, EvaluationLine, Feedback, FeedbackLine
from desktop.shell.parts import Facts

SUPPLEMENT = "补充：当天另有一份反馈单计入，本单未采用，内容保留，不影响计时。"
READING = "正在读取…"
_PHOTO = (120, 90)


def stars(count: int) -> str:
    """One to five stars, drawn."""
    return "★" * count + "☆" * (5 - count)


class FormView(QWidget):
    """The pane at the right of the forms."""

    def __init__(self) -> None:
        super().__init__()
        self.title = label("", "large")
        self.note = label(SUPPLEMENT, "note", "warn")
        self.facts = Facts(label_width=72)
        self._people = QGridLayout()
        self._people.setHorizontalSpacing(16)
        self._people.setVerticalSpacing(6)
        self.words = Facts(label_width=72)
        self.why_not = label("", "note", "warn")
        self._photos = QHBoxLayout()
        self.rated = label("", wrap=False)
        self.dispute = label("有争议：委托单位认为有不一致之处，请项目负责人处理。", "note", "bad")
        self._answers = QGridLayout()
        self._answers.setHorizontalSpacing(12)
        self._answers.setVerticalSpacing(6)
        self.remarks = label("")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 16)
        layout.setSpacing(10)
        for item in (self.title, self.note, self.facts, _heading("人员与时间"), self._people,
                     _heading("执业内容"), self.words, self.why_not, self._photos,
                     _heading("委托单位评价"), self.rated, self.dispute, self._answers, self.remarks):  # fmt: skip
            layout.addWidget(item) if isinstance(item, QWidget) else layout.addLayout(item)
        layout.addStretch(1)

    def begin(self, line: FeedbackLine) -> None:
        """Another form: its words are not here yet."""
        self.show_line(line)
        clear(self._people)
        clear(self._photos)
        self.words.show_rows([("工作内容", READING)])
        self.why_not.hide()
        self.remarks.hide()

    def show_line(self, line: FeedbackLine) -> None:
        """What the list knows of it."""
        form = line.form
        self.title.setText(f"{form.day} 执业反馈单")
        self.note.setVisible(line.supplement)
        origin = "办公室补填" if form.office else "现场填写"
        complete = "是" if form.complete else "否"
        self.facts.show_rows(
            [
                ("填写人", f"{form.person}（{origin}）"),
                ("提交时间", moment(from_ms(form.submitted_ms))),
                ("工作完成", complete),
            ]
        )
        self._show_evaluation(line)

    def show_feedback(self, feedback: Feedback) -> None:
        """With the day's visits."""
        self.show_line(feedback.line)
        clear(self._people)
        evaluation = feedback.line.evaluation
        for row, visit in enumerate(feedback.visits):
            _fill_person(self._people, row, visit, evaluation.ratings if evaluation else {})
        if not feedback.visits:
            self._people.addWidget(label("当天没有执业", "soft"), 0, 0)
        self._people.setColumnStretch(3, 1)

    def show_text(self, text: FeedbackText) -> None:
        """The words from the server."""
        self.why_not.hide()
        problems = "\n".join(f"{n}. {problem}" for n, problem in enumerate(text.problems, start=1))
        self.words.show_rows(
            [("工作内容", text.work), ("发现问题", problems or "未发现问题"), ("备注", text.remarks)]
        )
        clear(self._photos)
        for photo in text.photos:
            picture = QLabel()
            picture.setPixmap(rounded(from_jpeg(photo), *_PHOTO, 6))
            self._photos.addWidget(picture)
        self._photos.addStretch(1)
        self.remarks.setText(f"评价说明：{text.evaluation_remarks}")
        self.remarks.setVisible(bool(text.evaluation_remarks))

    def say_why_not(self, text: str) -> None:
        """The words can't be shown, and why."""
        self.words.show_rows([("工作内容", "")])
        self.why_not.setText(text)
        self.why_not.show()

    def _show_evaluation(self, line: FeedbackLine) -> None:
        given = line.evaluation
        self.dispute.setVisible(given is not None and given.disputed)
        clear(self._answers)
        if given is None:
            waits = "本单未采用，不需要评价。" if line.supplement else "等待委托单位联系人评价。"
            self.rated.setText(waits)
            dress(self.rated, "soft")
            self.remarks.hide()
            return
        self.rated.setText(_given(given))
        dress(self.rated, "")
        _fill_answers(self._answers, given.answers)


def _given(given: EvaluationLine) -> str:
    return f"{stars(given.stars)}　{given.stars} 星　{moment(from_ms(given.given_ms))}"


def _heading(text: str) -> QLabel:
    made = label(text, "heading", wrap=False)
    made.setContentsMargins(0, 8, 0, 0)
    return made


def _fill_person(grid: QGridLayout, row: int, visit: VisitLine, ratings: dict[str, int]) -> None:
    end = hour(from_ms(visit.until_ms)) if visit.until_ms is not None else "未结束"
    zero = wording.why_zero(visit.state, visit.reasons, visit.rule)
    counted = "计时中" if visit.state == "open" else duration(visit.counted_s) + (f"：{zero}" if zero else "")
    tone = wording.VERDICT_TONES.get(visit.state, "plain")
    chip = label(wording.verdict(visit.state), "chip", tone, wrap=False)
    rating = ratings.get(visit.person_id)
    grid.addWidget(label(visit.person, wrap=False), row, 0)
    grid.addWidget(label(f"{hour(from_ms(visit.started_ms))}–{end}", wrap=False), row, 1)
    grid.addWidget(chip, row, 2, Qt.AlignmentFlag.AlignLeft)
    grid.addWidget(label(counted), row, 3)
    grid.addWidget(label(stars(rating) if rating else "", "soft", wrap=False), row, 4)


def _fill_answers(grid: QGridLayout, answers: Sequence[Answer]) -> None:
    words = {True: ("是", "good"), False: ("否", "bad"), None: ("未答", "")}
    for row, answer in enumerate(answers):
        word, tone = words[answer.yes]
        grid.addWidget(label(word, "chip", tone, wrap=False), row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(answer.title, wrap=False), row, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(answer.text, "soft"), row, 2)
    grid.setColumnStretch(2, 1)
