"""Single gestures in a run of observations: a turn of the head, a blink (pure, fed frame by frame)."""

from collections import deque
from enum import StrEnum
from statistics import median
from typing import NamedTuple

NEUTRAL_YAW = 10.0
"""A turn begins with the head within this many degrees of straight ahead, or where it rests."""
TURNED_YAW = 20.0
"""A head turned further than this has turned: spontaneous movements while talking stay below."""
FROM_REST = 15.0
"""And as far as this from where this head rests: a picture that looks aside a little must turn as far as a head."""
TURNED_FOR = 0.1
_RESTING = 2.0
"""Seconds of looking ahead, before a turn, that say where a head rests."""
BACK_YAW = 12.0
"""Back within this the head looks ahead again."""
_STIRS = 2.0
"""So far beyond where it rests a head stirs without turning."""
_CLOSED = 0.60
_OPEN = 0.75
"""Openness of the eyes, in parts of their usual openness, that counts as shut and as open again."""
_SHORTEST, _LONGEST = 0.02, 0.7
_MEMORY = 4.0
"""Seconds of openness that say what is usual for these eyes, this light and this distance."""
_USUAL = 0.7
_ENOUGH = 5
_BLINK_YAW = 18.0
"""Turned further, the eye contours say nothing about the lids."""


class Gesture(StrEnum):
    """What a person can be asked to do."""

    LEFT = "left"
    RIGHT = "right"
    BLINK = "blink"


class Seen(NamedTuple):
    """A gesture, when it began and when it was certain."""

    gesture: Gesture
    began: float
    sure: float


class Rest:
    """Where a head rests: the median of its looks ahead in the last seconds before it turned."""

    def __init__(self) -> None:
        self._ahead: deque[tuple[float, float]] = deque()

    def feed(self, t: float, yaw: float) -> None:
        """Where the head looks now."""
        if abs(yaw) > BACK_YAW:
            return
        self._ahead.append((t, yaw))
        while self._ahead[0][0] < t - _RESTING:
            self._ahead.popleft()

    @property
    def yaw(self) -> float:
        """In degrees; straight ahead until it has been seen."""
        return median(yaw for _, yaw in self._ahead) if self._ahead else 0.0

    def holds(self, yaw: float, within: float) -> bool:
        """Does a head with this yaw look ahead: within so much of straight ahead, or not beyond where it rests?"""
        rest = self.yaw
        aside = min(abs(rest) + _STIRS, BACK_YAW) if rest * yaw > 0 else 0.0
        return abs(yaw) <= max(within, aside)


class TurnDetector:
    """A turn: from straight ahead to clearly aside for a tenth of a second; one event for each."""

    def __init__(self) -> None:
        self._ready = False
        self._left_neutral = 0.0
        self._aside_since: float | None = None
        self._rest = Rest()

    def feed(self, t: float, yaw: float) -> Seen | None:
        """The turn that became certain with this frame."""
        self._rest.feed(t, yaw)
        if self._rest.holds(yaw, NEUTRAL_YAW):
            self._ready, self._left_neutral, self._aside_since = True, t, None
            return None
        if abs(yaw) <= TURNED_YAW or abs(yaw - self._rest.yaw) <= FROM_REST:
            self._aside_since = None
            return None
        if self._aside_since is None:
            self._aside_since = t
        if not self._ready or t - self._aside_since < TURNED_FOR:
            return None
        self._ready = False
        return Seen(Gesture.LEFT if yaw > 0 else Gesture.RIGHT, self._left_neutral, t)


class BlinkDetector:
    """A blink: both eyes shut and open again, soon, against what is usual for these eyes."""

    def __init__(self) -> None:
        self._past: deque[tuple[float, float]] = deque()
        self._shut_since: float | None = None

    def feed(self, t: float, openness: float, yaw: float) -> Seen | None:
        """The blink that ended with this frame."""
        if abs(yaw) > _BLINK_YAW:
            self._shut_since = None
            return None
        usual = self.usual
        if usual is None or openness >= _CLOSED * usual:
            self._remember(t, openness)  # shut eyes are not usual, or they would soon pass for open ones
        else:
            self._forget(t)
        if usual is None:
            return None
        if openness < _CLOSED * usual:
            self._shut_since = t if self._shut_since is None else self._shut_since
        elif openness > _OPEN * usual and self._shut_since is not None:
            began, self._shut_since = self._shut_since, None
            if _SHORTEST <= t - began <= _LONGEST:
                return Seen(Gesture.BLINK, began, t)
        return None

    @property
    def usual(self) -> float | None:
        """What these eyes' openness usually is: None until enough was seen."""
        if len(self._past) < _ENOUGH:
            return None
        values = sorted(value for _, value in self._past)
        return values[int(_USUAL * (len(values) - 1))]

    @property
    def shut(self) -> bool:
        """Have the eyes been shut since some frame, up to the last one?"""
        return self._shut_since is not None

    def falling(self, openness: float) -> bool:
        """Are the lids lower than open eyes' are, or is it not known yet?"""
        return self.usual is None or openness <= _OPEN * self.usual

    def _remember(self, t: float, openness: float) -> None:
        self._past.append((t, openness))
        self._forget(t)

    def _forget(self, t: float) -> None:
        while self._past and self._past[0][0] < t - _MEMORY:
            self._past.popleft()
