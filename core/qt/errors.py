"""From an exception to what the user reads: known trouble in its own words, the rest as our bug."""

import logging
from dataclasses import dataclass

from core.errors import DomainError
from core.ids import new_id

_log = logging.getLogger(__name__)
_STOPS = "。！？…"


@dataclass(frozen=True)
class Explanation:
    """What happened and what to do; ``event`` finds a fault of the program in the log."""

    code: str
    sentence: str
    hint: str
    event: str | None = None

    @property
    def text(self) -> str:
        """Everything in one paragraph: sentence, what exactly is wrong, what to do, each with its own stop."""
        first, *faults = self.sentence.split("\n")
        sentence = (
            f"{first.rstrip('。：')}：{'；'.join(fault.rstrip('。') for fault in faults)}"
            if faults
            else first
        )
        return paragraph(sentence, self.hint)


def paragraph(*parts: str) -> str:
    """What there is to say in one piece, each part with its own stop."""
    return "".join(part if part.endswith(tuple(_STOPS)) else part + "。" for part in parts if part)


def explain(error: BaseException) -> Explanation:
    """Known trouble speaks for itself; a bug is logged with an id that the user can pass on."""
    if isinstance(error, DomainError):
        faults = (fault.sentence for fault in error.faults)
        lines = [error.sentence, *(fault for fault in faults if fault not in error.sentence)]
        return Explanation(error.code, "\n".join(lines), error.hint)
    event = new_id()
    _log.error("unexpected_error", extra={"event_id": event, "kind": type(error).__name__}, exc_info=error)
    return Explanation(
        "bug",
        "程序出现了意外错误，刚才的操作可能没有完成；已经保存的内容不受影响。",
        f"请重试；仍不行请把编号 {event[-12:]} 告诉管理员。",
        event,
    )
