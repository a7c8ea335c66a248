"""From an exception to what the user reads: known trouble in its own words, the rest as our bug."""

import logging
from dataclasses import dataclass

from core.errors import DomainError
from core.ids import new_id

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Explanation:
    """What happened and what to do; ``event`` finds a fault of the program in the log."""

    code: str
    sentence: str
    hint: str
    event: str | None = None

    @property
    def text(self) -> str:
        """Everything in one paragraph."""
        return f"{self.sentence}{self.hint}"


def explain(error: BaseException) -> Explanation:
    """Known trouble speaks for itself; a bug is logged with an id that the user can pass on."""
    if isinstance(error, DomainError):
        lines = [error.sentence, *(fault.sentence for fault in error.faults)]
        return Explanation(error.code, "\n".join(lines), error.hint)
    event = new_id()
    _log.error("unexpected_error", extra={"event_id": event, "kind": type(error).__name__}, exc_info=error)
    return Explanation(
        "bug",
        "程序出现了意外错误，刚才的操作可能没有完成；已经保存的内容不受影响。",
        f"请重试；仍不行请把编号 {event[-12:]} 告诉管理员。",
        event,
    )
