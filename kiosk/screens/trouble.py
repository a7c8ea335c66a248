"""What is wrong with the kiosk, what to do, and what still works."""

from core.qt.theme import COLOURS
from kiosk.desk import Desk
from kiosk.screens.notice import Notice
from kiosk.states import Troubled


class TroubleScreen(Notice):
    """Can be sent away, for what still works."""

    title = "设备故障"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, back="知道了，返回首页")
        self.sign("warning", COLOURS.warn)

    def show_state(self, state: Troubled) -> None:
        """The watchdog's own words."""
        still = f"仍可使用：{state.trouble.still}" if state.trouble.still else ""
        self.say(state.trouble.sentence, state.trouble.hint, still)
