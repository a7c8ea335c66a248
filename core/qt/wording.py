"""How times and lengths of time are written on every screen: 2026-11-23 14:05, 2 小时 05 分."""

from datetime import datetime

from core.clock import SHANGHAI
from core.visits.wording import duration as duration


def moment(time: datetime) -> str:
    """Date and time in Shanghai."""
    return time.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def hour(time: datetime) -> str:
    """The time of day in Shanghai, where the day is clear."""
    return time.astimezone(SHANGHAI).strftime("%H:%M")


def since(time: datetime, now: datetime) -> str:
    """A past moment, as short as it can be without being misread: without the date only on the same day."""
    same_day = time.astimezone(SHANGHAI).date() == now.astimezone(SHANGHAI).date()
    return hour(time) if same_day else time.astimezone(SHANGHAI).strftime("%m-%d %H:%M")


def distance(metres: int) -> str:
    """A distance that one can take in at a glance."""
    return f"{metres} 米" if metres < 1000 else f"{metres / 1000:.1f} 公里"
