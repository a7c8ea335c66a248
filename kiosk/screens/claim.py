"""One question before a start: who fills the day's form (S-6)?"""

from PySide6.QtCore import Qt

from core.qt.looks import button, label
from kiosk.desk import Desk
from kiosk.events import AnsweredClaim
from kiosk.screens.page import Page
from kiosk.states import Claiming


class ClaimScreen(Page):
    """是 and 否 are both answers; neither is hidden."""

    title = "开始执业"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._project = label("", "soft")
        question = label("是否由您填写今天的执业反馈单？", "title")
        question.setObjectName("question")
        why = label(
            "每个项目每天填写一张执业反馈单，由一人填写。选“由我填写”后，请在结束执业后填写并提交；"
            "反馈单提交时仍在执业的其他人员，其当天的执业时长清零。",
            "big",
        )
        self.body.setContentsMargins(48, 16, 48, 16)
        self.body.addStretch(1)
        for made in (self._project, question, why):
            made.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self.body.addWidget(made)
        self.body.addStretch(2)
        self.add_next(button("由他人填写", lambda: desk.send(AnsweredClaim(False)), "", "claim_no"))
        self.add_next(button("由我填写", lambda: desk.send(AnsweredClaim(True)), "primary", "claim_yes"))

    def show_state(self, state: Claiming) -> None:
        """Say for which project."""
        self._project.setText(state.project.name)
