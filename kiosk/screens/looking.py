"""The live picture, the face's outline, one instruction at a time."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from core.qt.camera_view import CameraView
from core.qt.looks import dress, label
from core.qt.theme import KIOSK
from kiosk.desk import Desk
from kiosk.screens.page import Page, turn
from kiosk.shown import ACTION_TITLES, Progress
from kiosk.states import Looking

_FIRST = "请正对摄像头"
_OPENING = "正在打开摄像头…"


class LookingScreen(Page):
    """Nothing to press but 取消."""

    title = "人脸识别"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, back="取消")
        self.instruction = label(_OPENING, "instruction")
        self.instruction.setObjectName("instruction")
        self.instruction.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._what = label("", "small")
        self._what.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.view = CameraView(desk.settings.mirrored)
        self._words = QVBoxLayout()
        self._words.setSpacing(8)
        self._words.addWidget(self._what)
        self._words.addWidget(self.instruction, 1)
        self._halves = QHBoxLayout()
        self._halves.setSpacing(KIOSK.gap)
        self._halves.addLayout(self._words, 0)
        self._halves.addWidget(self.view, 1)
        self.body.addLayout(self._halves, 1)
        desk.looker.framed.connect(self._framed)

    def arrange(self, wide: bool) -> None:
        """Words beside the picture in landscape, where a strip above would cut the face."""
        turn(self._halves, wide)
        for made in (self._what, self.instruction):
            made.setMinimumWidth(340 if wide else 0)
            made.setMaximumWidth(340 if wide else 10_000)

    def enter(self, state: Looking) -> None:
        """Begin without the picture of the person before."""
        self.view.clear()

    def leave(self) -> None:
        """Forget the picture."""
        self.view.clear()

    def show_state(self, state: Looking) -> None:
        """Follow the check."""
        self._what.setText(f"{ACTION_TITLES[state.action]} · {state.project.name}")
        progress = state.progress or Progress(_FIRST if self.view.has_picture() else _OPENING)
        if progress.instruction != self.instruction.text():
            self.instruction.setText(progress.instruction)
        dress(self.instruction, "instruction", "good" if progress.ready else "")
        self.view.show_face(progress.box, progress.fraction, progress.ready)

    def _framed(self, image: Any) -> None:
        if self.isVisible():
            self.view.show_frame(image)
            if self.instruction.text() == _OPENING:
                self.instruction.setText(_FIRST)
