"""Follows one face from frame to frame, so that the whole picture need be searched six times a second only (pure)."""

from collections.abc import Sequence

from core.face.gate import company
from core.face.types import Box, Detection, Image

SEARCH_S = 0.2
"""The whole picture is searched at least this often: who comes in beside the person is found after so long, at most."""
_EARLY_S = 0.15
"""A frame that needs no identity is searched sooner, so that searching and identifying seldom fall on the same one."""
ALERT_S = 0.5
"""After a second face was found every picture is searched for so long: one that is found now and then counts, too."""
_HELD = 0.5
"""Least overlap with where the face just was; what leapt further is searched for."""


class Follower:
    """Where the face was last; every check-in has its own, because it remembers."""

    def __init__(self) -> None:
        self._size: tuple[int, ...] = ()
        self._searched = self._alert = float("-inf")
        self._box: Box | None = None

    def place(self, image: Image, t: float, *, identify: bool = False) -> Box | None:
        """Where to look without a search; None where the whole picture is to be searched."""
        due = not 0 < t - self._searched < (SEARCH_S if identify else _EARLY_S) or t < self._alert
        return None if due or image.shape != self._size else self._box

    def holds(self, faces: Sequence[Detection]) -> bool:
        """Is the one face that was found near the place still the same one? It is where to look next."""
        if self._box is None or company([one.box for one in faces]) != 1:
            return False
        box = faces[0].box
        if box.overlap(self._box) < _HELD:
            return False
        self._box = box
        return True

    def searched(self, image: Image, t: float, faces: Sequence[Detection]) -> None:
        """The whole picture was searched: its biggest face is the one that is followed."""
        self._size, self._searched = image.shape, t
        self._box = faces[0].box if faces else None
        if company([one.box for one in faces]) > 1:
            self._alert = t + ALERT_S
