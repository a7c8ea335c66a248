"""It is written down: who, what, when, and what comes next."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout

from core.qt.icons import icon, pixmap
from core.qt.images import from_jpeg, rounded
from core.qt.looks import button, dress, label
from core.qt.theme import COLOURS, KIOSK
from core.qt.wording import moment
from kiosk.desk import Desk
from kiosk.events import OpenedForm, WentBack
from kiosk.screens.page import Page, turn
from kiosk.shown import Accepted, Action
from kiosk.states import Welcomed

_WIDTH, _HEIGHT = 300, 400
_PORTRAIT = (255, 340)


class WelcomeScreen(Page):
    """Greets by name and photo; the next step, if there is one, stands where it always stands."""

    title = "识别成功"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, back="稍后填写")
        self._photo, self._name = label(), label("", "title")
        self._name.setObjectName("name")
        self._done, self._project = label("", "large", wrap=False), label("", "soft")
        self._done.setObjectName("done")
        self._time, self._counted, self._next = label("", "big"), label("", "note"), label("", "note")
        self._counted.setObjectName("counted")
        self._next.setObjectName("next")
        self._tick = label()
        self._tick.setPixmap(pixmap("check", COLOURS.good, 44))
        self._halves = QHBoxLayout()
        self._halves.setSpacing(KIOSK.gap * 2)
        self._halves.addStretch(1)
        self._halves.addWidget(self._photo, 0, Qt.AlignmentFlag.AlignCenter)
        self._halves.addLayout(self._words(), 3)
        self._halves.addStretch(1)
        self.body.addLayout(self._halves, 1)
        self._form = self.add_next(self._form_button())
        self._finish = self.add_next(button("完成", lambda: desk.send(WentBack()), "primary", "finish"))
        self._shown: Accepted | None = None

    def arrange(self, wide: bool) -> None:
        """Photo beside or above the words."""
        turn(self._halves, wide)
        side = Qt.AlignmentFlag.AlignLeft if wide else Qt.AlignmentFlag.AlignHCenter
        for made in (self._name, self._project, self._time, self._counted, self._next):
            made.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self._done_row.setStretch(0, 0 if wide else 1)
        self._done_row.setStretch(3, 1)
        self._paint()

    def show_state(self, state: Welcomed) -> None:
        """Fill in what was written down."""
        accepted, started = state.accepted, state.action == Action.START
        self._shown = accepted
        self._name.setText(accepted.name)
        self._done.setText("已开始执业" if started else "已结束执业")
        self._project.setText(state.project.name)
        self._time.setVisible(accepted.at is not None)
        if accepted.at is not None:
            self._time.setText(f"{'开始' if started else '结束'}时间　{moment(accepted.at)}")
        self._counted.setVisible(bool(accepted.counted))
        self._counted.setText(accepted.counted)
        dress(self._counted, "note", accepted.counted_tone.value)
        self._next.setText("\n".join(line for line in (self._what_next(state), accepted.note) if line))
        for made in (self._form, self.back):
            made.setVisible(accepted.form_due)
        self._finish.setVisible(not accepted.form_due)
        self._form.setText("继续填写反馈单" if accepted.form_kept else "填写反馈单")
        self._paint()

    def leave(self) -> None:
        """Forget the person."""
        self._shown = None
        for made in (self._photo, self._name, self._counted):
            made.clear()

    def _words(self) -> QVBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(12)
        self._done_row = QHBoxLayout()
        self._done_row.setSpacing(12)
        self._done_row.addStretch(0)
        self._done_row.addWidget(self._tick)
        self._done_row.addWidget(self._done)
        self._done_row.addStretch(1)
        words.addStretch(1)
        words.addWidget(self._name)
        words.addLayout(self._done_row)
        for made in (self._project, self._time, self._counted, self._next):
            words.addWidget(made)
        words.addStretch(1)
        return words

    def _form_button(self) -> QPushButton:
        made = button("填写反馈单", lambda: self.desk.send(OpenedForm()), "primary", "open_form")
        made.setIcon(icon("form", COLOURS.on_dark))
        return made

    @staticmethod
    def _what_next(state: Welcomed) -> str:
        if state.action == Action.START:
            return "离开现场之前，请回到本机点“结束执业”；离开现场后结束或超过 24 小时，时长清零。"
        if state.accepted.form_due:
            return "请填写今天的执业反馈单。"
        return "可以离开了，辛苦了。"

    def _paint(self) -> None:
        if self._shown is None:
            return
        image = from_jpeg(self._shown.portrait) if self._shown.portrait else QImage()
        wide = self._halves.direction() == QBoxLayout.Direction.LeftToRight
        width, height = (_WIDTH, _HEIGHT) if wide else _PORTRAIT
        ready = pixmap("person", COLOURS.disabled_ink, width) if image.isNull() else None
        self._photo.setPixmap(ready or rounded(image, width, height, KIOSK.radius))
