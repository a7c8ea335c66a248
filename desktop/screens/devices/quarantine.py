"""What a revoked device has left in quarantine: how much, of which days, about whom; 放行 and 拒收 (D-1)."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from core.clock import from_ms
from core.errors import Conflict, NotHere
from core.qt.looks import button, dress, label
from core.qt.wording import moment
from desktop.desk import Desk
from desktop.ports import Decision, Quarantine
from desktop.screens.devices.presenter import DevicesPresenter
from desktop.shell.asking import AskDialog, ReasonDialog
from desktop.shell.saying import said

_FEW = 5
RELEASE = ("放行隔离记录", "放行", "已放行，执业记录正在按当时的时间判定。")
REFUSE = (
    "拒收隔离记录", "拒收后这些记录保留备查，但不产生任何效果，不能撤回。", "拒收", "已拒收，记录保留备查。",
)  # fmt: skip


def told(found: Quarantine) -> str:
    """One line about it."""
    days = _some(list(found.days), "天")
    people = _some([f"{name} {count} 条" for name, count in found.people.items()], "人")
    end = "本机记录已全部上传" if found.complete else "设备可能还有记录没有上传"
    return f"隔离 {found.entries} 条（{days}；{people}），{end}"


def told_before(last: Decision) -> str:
    """One line about what was decided last."""
    deed = "放行" if last.released else "拒收"
    why = f"，原因：{last.reason}" if last.reason else ""
    return f"上次处理：{moment(from_ms(last.at_ms))} {last.by or '管理人员'} {deed} {last.entries} 条{why}"


def _some(words: list[str], unit: str) -> str:
    more = f"等 {len(words)} {unit}" if len(words) > _FEW else ""
    return "、".join(words[:_FEW]) + more


class QuarantineBar(QFrame):
    """What waits of the chosen device, with two buttons, and what was decided last; hidden where there is neither."""

    def __init__(self, desk: Desk, presenter: DevicesPresenter, decided: Callable[[], None]) -> None:
        super().__init__()
        self._desk, self._presenter, self._decided = desk, presenter, decided
        self._shown: Quarantine | None = None
        self._typed: dict[str, str] = {}
        """A reason whose entries have become more under the hand, by device."""
        self.asking: AskDialog | None = None
        dress(self, "card")
        self.line = label("")
        self.line.setObjectName("quarantine_line")
        self.release = button("放行…", self._ask_release, "primary", "quarantine_release")
        self.refuse = button("拒收…", self._ask_refuse, "", "quarantine_refuse")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 14, 10)
        row.setSpacing(12)
        row.addWidget(self.line, 1)
        row.addWidget(self.refuse)
        row.addWidget(self.release)
        self.hide()

    def show_of(self, found: Quarantine | None, last: Decision | None = None) -> None:
        """Follow the chosen device."""
        self._shown = found
        lines = [told(found)] if found is not None else []
        self.line.setText("\n".join([*lines, told_before(last)] if last is not None else lines))
        self.release.setVisible(found is not None)
        self.refuse.setVisible(found is not None)
        self.setVisible(bool(self.line.text()))

    def _ask_release(self) -> None:
        if self._shown is not None:
            self._ask(_ReleaseDialog(self._desk, self, self._presenter, self._shown))

    def _ask_refuse(self) -> None:
        if self._shown is not None:
            dialog = _RefuseDialog(self._desk, self, self._presenter, self._shown)
            dialog.reason.setPlainText(self._typed.pop(self._shown.device_id, ""))
            self._ask(dialog)

    def _ask(self, dialog: "_ReleaseDialog | _RefuseDialog") -> None:
        self.asking = dialog
        dialog.accepted.connect(self._decided)
        dialog.failed.connect(lambda error: self._failed(dialog, error))
        dialog.show()

    def _failed(self, dialog: "_ReleaseDialog | _RefuseDialog", error: BaseException) -> None:
        """What the dialog speaks of is no longer what there is: it has to be looked at again."""
        if not isinstance(error, Conflict | NotHere):
            return
        if isinstance(dialog, _RefuseDialog):
            self._typed[dialog.seen.device_id] = dialog.content()
        dialog.reject()
        self._desk.messages.show_message(said(error), "bad")
        self._decided()


class _ReleaseDialog(AskDialog):
    """Says what is taken for true by releasing it."""

    def __init__(self, desk: Desk, parent: QWidget, presenter: DevicesPresenter, found: Quarantine) -> None:
        title, yes, done = RELEASE
        follows = f"{told(found)}。放行后按记录当时的时间和规则判定，视同现在上传；请先确认这些记录可信。"
        super().__init__(desk, parent, title, follows, yes, done)
        self._presenter, self.seen = presenter, found
        self.changed()

    def content(self) -> tuple[str, int]:
        """The device, and how much of it."""
        return self.seen.device_id, self.seen.entries

    def fault(self) -> str:
        """Nothing is to be filled in."""
        return ""

    def work(self, content: Any, command_id: str) -> Callable[[], object]:
        """Release it."""
        return lambda: self._presenter.release(self.seen, command_id)


class _RefuseDialog(ReasonDialog):
    """Says what is left without effect by refusing it, and asks why."""

    def __init__(self, desk: Desk, parent: QWidget, presenter: DevicesPresenter, found: Quarantine) -> None:
        title, follows, yes, done = REFUSE
        self.seen = found
        super().__init__(
            desk, parent, (title, f"{told(found)}。{follows}", yes, done),
            lambda why, command: presenter.refuse(found, why, command), (5, 500),
        )  # fmt: skip
