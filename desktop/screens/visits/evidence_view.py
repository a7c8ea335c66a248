"""One visit in detail: verdict, map, and for start and end what was measured, seen and compared."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.clock import from_ms
from core.qt.images import from_jpeg, rounded
from core.qt.looks import dress, label
from core.qt.wording import duration, moment
from core.visits.outcome import SYSTEM
from core.visits.queries import VisitLine
from desktop import wording
from desktop.ports import Evidence
from desktop.screens.visits.map_view import MapView
from desktop.screens.visits.presenter import Measured, face_rows, position_rows
from desktop.shell.parts import Facts

PHOTO = (112, 140)
STILL = "演示：本次执业以照片代替真人，只在演示服务器上有效。"


class Side(QWidget):
    """The start or the end: photo, then rows of values."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.photo = QLabel()
        self.photo.setFixedSize(*PHOTO)
        self.photo.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.photo.setWordWrap(True)
        dress(self.photo, "note")
        self.facts = Facts(label_width=60)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self.title = label(title, "heading")
        for widget in (self.title, self.photo, self.facts):
            layout.addWidget(widget)
        layout.addStretch(1)

    def show_side(self, rows: list[tuple[str, str]], photo: bytes | None, instead: str) -> None:
        """Rows and photo; ``instead`` stands where there is no photo."""
        self.facts.show_rows(rows)
        image = from_jpeg(photo) if photo else None
        if image is not None and not image.isNull():
            dress(self.photo, "photo")
            self.photo.setPixmap(rounded(image, *PHOTO, 6))
        else:
            dress(self.photo, "note")
            self.photo.setText(instead)


class EvidenceView(QWidget):
    """The pane at the right of the visits."""

    def __init__(self) -> None:
        super().__init__()
        self._measured: Measured | None = None
        self._seen: Evidence | None = None
        self._instead = ""
        self.who = label("", "large")
        self.verdict = label("", "chip", wrap=False)
        self.why = label("", "note", "bad")
        self.note = label("", "note", "warn")
        self.facts = Facts(label_width=60)
        self.map = MapView()
        self.start, self.end = Side("开始"), Side("结束")
        head = QHBoxLayout()
        head.addWidget(self.who)
        head.addWidget(self.verdict)
        head.addStretch(1)
        sides = QGridLayout()
        sides.setHorizontalSpacing(16)
        sides.addWidget(self.start, 0, 0)
        sides.addWidget(self.end, 0, 1)
        sides.setColumnStretch(0, 1)
        sides.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(10)
        layout.addLayout(head)
        for widget in (self.facts, self.why, self.map, self.note):
            layout.addWidget(widget)
        layout.addLayout(sides)
        layout.addStretch(1)

    def begin(self, visit: VisitLine) -> None:
        """Another visit: what was shown of the one before goes away at once."""
        self._measured, self._seen, self._instead = None, None, "正在读取照片…"
        self.note.hide()
        self._show_verdict(visit)
        self.map.show_plot(None)
        self._show_sides()

    def show_measured(self, measured: Measured) -> None:
        """What the local copy holds."""
        self._measured = measured
        self._show_verdict(measured.visit)
        self.map.show_plot(measured.plot)
        self._show_sides()

    def show_evidence(self, evidence: Evidence) -> None:
        """Photos and scores, when the server has sent them."""
        self._seen, self._instead = evidence, "没有照片"
        self.note.hide()
        self._show_sides()

    def say_why_not(self, text: str) -> None:
        """The evidence can't be shown, and why."""
        self._instead = "无法显示"
        self._show_sides()
        self.note.setText(text)
        self.note.show()

    def _show_verdict(self, visit: VisitLine) -> None:
        self.who.setText(visit.person)
        self.verdict.setText(wording.verdict(visit.state))
        tone = wording.VERDICT_TONES.get(visit.state, "plain")
        dress(self.verdict, "chip", tone)
        self.facts.show_rows(_summary(visit))
        zero = wording.why_zero(visit.state, visit.reasons, visit.rule)
        self.why.setText(zero)
        self.why.setVisible(bool(zero))
        dress(self.why, "note", "warn" if visit.state == "pending" else "bad")

    def _show_sides(self) -> None:
        measured, seen = self._measured, self._seen
        start, end = (seen.start, seen.end) if seen else (None, None)
        first, last, devices = None, None, {}
        distances: tuple[float | None, float | None] = (None, None)
        if measured is not None:
            first, last, devices = measured.start, measured.end, measured.devices
            distances = (measured.visit.start_distance_m, measured.visit.end_distance_m)
        rows = [*position_rows(first, distances[0], devices), *face_rows(start)]
        self.start.show_side(rows, start.photo if start else None, self._instead)
        rows = [*position_rows(last, distances[1], devices), *face_rows(end)]
        self.end.show_side(rows, end.photo if end else None, self._instead)
        self.end.setVisible(last is not None)
        still = any(proof is not None and proof.liveness == "demo-still" for proof in (start, end))
        if still or (measured is not None and measured.still):
            self.note.setText(STILL)
            self.note.show()


def _summary(visit: VisitLine) -> list[tuple[str, str]]:
    ended = moment(from_ms(visit.until_ms)) if visit.until_ms is not None else "尚未结束"
    if visit.ended_ms is None and visit.closed_by is not None:
        ended += "（满 24 小时，系统关闭）" if visit.closed_by == SYSTEM else "（反馈单提交时关闭）"
    counted = "尚未结束" if visit.state == "open" else duration(visit.counted_s)
    return [
        ("开始", moment(from_ms(visit.started_ms))),
        ("结束", ended),
        ("计入时间", counted),
        ("时间", wording.PROOFS.get(visit.proof, visit.proof)),
        *([("更正", f"{visit.corrections} 条迟到的记录，不改变结论")] if visit.corrections else []),
    ]
