"""What all screens have in common: a body, and a foot where the next step always stands in the same place."""

from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.qt.icons import icon
from core.qt.looks import button, dress, frame
from core.qt.theme import COLOURS, KIOSK
from kiosk.desk import Desk
from kiosk.events import WentBack


class Page(QWidget):
    """One screen: 返回 on the left of the foot, the next step on its right."""

    title = ""

    def __init__(self, desk: Desk, back: str = "返回") -> None:
        super().__init__()
        self.desk = desk
        dress(self, "page")
        self.body = QVBoxLayout()
        self.body.setContentsMargins(KIOSK.gap, KIOSK.gap, KIOSK.gap, KIOSK.gap)
        self.body.setSpacing(KIOSK.gap)
        self.foot_row = QHBoxLayout()
        self.foot_row.setContentsMargins(KIOSK.gap, 12, KIOSK.gap, 12)
        self.foot_row.setSpacing(KIOSK.gap)
        self.foot = frame("foot", self.foot_row)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(self.body, 1)
        whole.addWidget(self.foot)
        self.back = button(back, lambda: desk.send(WentBack()), "", "back")
        self.back.setIcon(icon("back", COLOURS.ink))
        self.foot_row.addWidget(self.back, 1)
        self._wide: bool | None = None

    def show_state(self, state: Any) -> None:
        """Show a state; called on entering and at every change of it."""

    def enter(self, state: Any) -> None:
        """The screen comes to the front."""

    def leave(self) -> None:
        """The screen goes; whatever tells of the person goes with it."""

    def tick(self) -> None:
        """A second has gone by while this screen was in front."""

    def arrange(self, wide: bool) -> None:
        """Lay out for landscape or portrait."""

    def add_next(self, made: QPushButton, share: int = 2) -> QPushButton:
        """Put a next step into the foot."""
        made.setIconSize(QSize(32, 32))
        self.foot_row.addWidget(made, share)
        return made

    def turn_to(self, wide: bool) -> None:
        """Lay out anew, if that was not how it was laid out."""
        if wide != self._wide:
            self._wide = wide
            self.arrange(wide)


def turn(layout: QBoxLayout, wide: bool) -> None:
    """Side by side in landscape, one under the other in portrait."""
    layout.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
