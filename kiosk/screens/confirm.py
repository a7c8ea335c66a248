"""Before a form is sent: it can't be changed afterwards, and whose visits it closes (S-9); and the receipt."""

from core.qt.looks import button, label
from core.qt.theme import COLOURS
from core.qt.wording import moment, since
from kiosk.desk import Desk
from kiosk.events import Confirmed
from kiosk.screens.notice import Notice
from kiosk.states import Confirming, Submitted, Submitting


class ConfirmScreen(Notice):
    """Names those whose time will be zero, before it is too late."""

    title = "确认提交"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, back="返回修改")
        self.sign("form", COLOURS.primary)
        self._closing = label("", "note", "warn")
        self._closing.setObjectName("closing")
        self.words.insertWidget(self.words.count() - 1, self._closing)
        self._sure = self.add_next(button("确认提交", lambda: desk.send(Confirmed()), "primary", "confirm"))

    def leave(self) -> None:
        """Forget the names."""
        self._closing.clear()

    def show_state(self, state: Confirming | Submitting) -> None:
        """List them, or say that it is being sent."""
        sending = isinstance(state, Submitting)
        self._sure.setEnabled(not sending)
        self.back.setEnabled(not sending)
        self._sure.setText("正在提交…" if sending else "确认提交")
        if not isinstance(state, Confirming):
            return
        self.say("现在提交执业反馈单？", "提交后不能修改；本项目今天不能再开始执业。")
        now = self.desk.ports.clock.now()
        names = "\n".join(f"　{one.name}（{since(one.since, now)} 开始）" for one in state.closing)
        self._closing.setText(
            f"以下人员仍在执业。提交后他们的执业将被结束，当天在本项目的时长清零（反馈单已提交）：\n{names}"
        )
        self._closing.setVisible(bool(state.closing))


class ReceiptScreen(Notice):
    """The form is written down."""

    title = "已提交"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.sign("check", COLOURS.good)

    def show_state(self, state: Submitted) -> None:
        """What was written when, and what happens to it."""
        self.say(
            state.receipt.sentence,
            "联网后将推送给委托单位联系人评价。",
            f"{state.filling.project.name}　{moment(state.receipt.at)}",
        )
