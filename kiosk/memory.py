"""Where the kiosk stands, and the little that it remembers from one person to the next."""

from dataclasses import dataclass, field

from kiosk import states as s
from kiosk.shown import Trouble


@dataclass(frozen=True)
class Limits:
    """How patient the kiosk is, in seconds."""

    idle: float = 60.0
    pause: float = 60.0


@dataclass(frozen=True)
class Flow:
    """Where the kiosk stands, and the little that it remembers from one person to the next."""

    state: s.State
    touched_at: float = 0.0
    failures: int = 0
    failed_at: float = 0.0
    paused_until: float = 0.0
    looks: int = 0
    abandoned: int = 0
    """The look that somebody left in the middle of its challenge: it has been counted."""
    paired: bool = True
    trouble: Trouble | None = None
    waved_off: str = ""
    """The code of the trouble that somebody has read and sent away."""
    limits: Limits = field(default_factory=Limits)

    def seconds_left(self, now: float) -> float | None:
        """When the kiosk goes back to the start by itself; None where it does not."""
        if isinstance(self.state, s.Idle | s.Troubled | s.Paused) or self.state == s.Pairing(first=True):
            return None
        return max(0.0, self.touched_at + self.limits.idle - now)
