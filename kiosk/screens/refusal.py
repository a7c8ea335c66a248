"""Why it did not work, what to do, what was kept; and the pause after three failures (S-3)."""

from math import ceil

from core.qt.errors import paragraph
from core.qt.looks import button
from core.qt.theme import COLOURS
from kiosk.desk import Desk
from kiosk.events import Retried
from kiosk.screens.notice import Notice
from kiosk.shown import ACTION_TITLES
from kiosk.states import Paused, TurnedAway


class RefusalScreen(Notice):
    """Somebody was turned away: he reads why, and can try again."""

    title = "未通过"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.sign("warning", COLOURS.bad)
        self._retry = self.add_next(button("重试", lambda: desk.send(Retried()), "primary", "retry"))

    def show_state(self, state: TurnedAway) -> None:
        """The port's own words, and that nothing else was written."""
        kept = state.refused.kept or f"“{ACTION_TITLES[state.action]}”没有记录。"
        self.say(state.refused.sentence, state.refused.hint, kept)
        self._retry.setVisible(state.refused.may_retry)


class PauseScreen(Notice):
    """Counts the pause down; the start screen can be reached at once."""

    title = "请稍候"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.sign("wait", COLOURS.warn)
        self._until = 0.0

    def show_state(self, state: Paused) -> None:
        """The last refusal's hint helps more than the rule."""
        self._until = state.until
        hint = "连续三次未通过，本机暂停识别。"
        last = ""
        if state.refused is not None:
            last = "上一次：" + paragraph(state.refused.sentence, state.refused.hint)
        self.say("", hint, f"{last}每次尝试都已留存。")
        self.tick()

    def tick(self) -> None:
        """Count down."""
        left = max(0, ceil(self._until - self.desk.ports.clock.monotonic()))
        self.sentence.setText(f"请在 {left} 秒后再试")
        self.sentence.show()
