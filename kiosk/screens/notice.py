"""A screen that says one thing in the middle: a sign, a sentence, what to do, and small print."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from core.qt.icons import pixmap
from core.qt.looks import label
from kiosk.desk import Desk
from kiosk.screens.page import Page


class Notice(Page):
    """The form that refusal, pause, trouble and receipt share."""

    def __init__(self, desk: Desk, back: str = "返回首页") -> None:
        super().__init__(desk, back)
        self._sign = label()
        self._sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence, self.hint, self.small = label("", "title"), label("", "big"), label("", "soft")
        words = QVBoxLayout()
        words.setSpacing(20)
        words.addStretch(1)
        words.addWidget(self._sign)
        for name, made in (("sentence", self.sentence), ("hint", self.hint), ("small", self.small)):
            made.setObjectName(name)
            made.setAlignment(Qt.AlignmentFlag.AlignCenter)
            words.addWidget(made)
        words.addStretch(1)
        self.words = words
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addLayout(words, 10)
        middle.addStretch(1)
        self.body.addLayout(middle, 1)

    def say(self, sentence: str, hint: str, small: str = "") -> None:
        """Fill in the words; an empty line takes no room."""
        for made, text in ((self.sentence, sentence), (self.hint, hint), (self.small, small)):
            made.setText(text)
            made.setVisible(bool(text))

    def sign(self, drawing: str, colour: str) -> None:
        """The sign above the words."""
        self._sign.setPixmap(pixmap(drawing, colour, 112))
