"""How times, lengths of time and verdicts are written on pages: 2026-11-23 14:05, 2 小时 05 分."""

from datetime import date

from core.clock import SHANGHAI, day_of_ms, from_ms
from core.visits.outcome import SYSTEM, VerdictState, ZeroReason
from core.visits.wording import duration as duration

_WEEKDAYS = "一二三四五六日"
_WHY = {
    ZeroReason.AWAY: "结束执业时已离开项目现场",
    ZeroReason.OVERTIME: "超过 24 小时才结束执业",
    ZeroReason.FORM: "当日反馈单提交时仍未结束执业",
}


def moment(ms: int) -> str:
    """Date and time in Shanghai."""
    return from_ms(ms).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def hour(ms: int) -> str:
    """The time of day in Shanghai."""
    return from_ms(ms).astimezone(SHANGHAI).strftime("%H:%M")


def day(text: str) -> str:
    """A day with its weekday, as people know it."""
    found = date.fromisoformat(text)
    return f"{found.year}年{found.month}月{found.day}日 星期{_WEEKDAYS[found.weekday()]}"


def until(started_ms: int, ended_ms: int | None, closed_by: str | None) -> str:
    """When a visit ended: without the date on the same day; if it did not, what closed it."""
    if ended_ms is not None:
        return hour(ended_ms) if day_of_ms(started_ms) == day_of_ms(ended_ms) else moment(ended_ms)
    if closed_by is None:
        return "未结束"
    return "未结束，24 小时后由系统关闭" if closed_by == SYSTEM else "未结束"


def state(value: str) -> str:
    """The manual's word for a verdict."""
    return VerdictState(value).zh


def why(reasons: tuple[str, ...]) -> list[str]:
    """Why a visit counts zero: the manual's word, and what it means."""
    return [f"{ZeroReason(reason).zh}：{_WHY[ZeroReason(reason)]}" for reason in reasons]
