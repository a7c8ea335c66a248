"""Watches that one face stays in front of the camera, without a break, all the time (pure)."""

from core.face.matching import cosine
from core.face.shipped import SHIPPED
from core.face.types import Observation, Vector


class Track:
    """One face, all the time: no gap, no jump, no second face, no other person, no frozen picture."""

    def __init__(self, reference: Vector, same: float) -> None:
        """``same`` is the least likeness to the reference that still is the same face."""
        self._reference, self._same = reference, same
        self._last: Observation | None = None
        self._last_t: float | None = None
        self._sampled: float | None = None
        self._stirred: float | None = None
        self._crowd = 0
        self.likeness = 1.0

    def feed(self, seen: Observation) -> str | None:
        """The reason code of what broke the track with this frame."""
        fault = self._time(seen) or self._company(seen)
        if fault or seen.box is None:
            return fault
        fault = self._jump(seen) or self._frozen(seen) or self._identity(seen)
        self._last = seen
        return fault

    def _time(self, seen: Observation) -> str | None:
        last, self._last_t = self._last_t, seen.t
        if last is not None and not 0 < seen.t - last <= SHIPPED.gap_s:
            return "gap"
        since = self._last.t if self._last else last
        return "lost" if seen.box is None and since is not None and seen.t - since > SHIPPED.gap_s else None

    def _company(self, seen: Observation) -> str | None:
        self._crowd = self._crowd + 1 if seen.faces > 1 else 0
        return "crowd" if self._crowd >= SHIPPED.crowd_frames else None

    def _jump(self, seen: Observation) -> str | None:
        if self._last is None or self._last.box is None or seen.box is None:
            return None
        if seen.t - self._last.t > SHIPPED.gap_s:
            return "lost"
        return "jump" if self._last.box.overlap(seen.box) < SHIPPED.overlap else None

    def _frozen(self, seen: Observation) -> str | None:
        if self._stirred is None or seen.stirred is None or seen.stirred >= SHIPPED.still:
            self._stirred = seen.t
        return "frozen" if seen.t - self._stirred > SHIPPED.still_s else None

    def _identity(self, seen: Observation) -> str | None:
        if seen.vector is not None:
            alike = cosine(self._reference, seen.vector)
            if alike >= self._same or not _profile(seen):
                self._sampled = seen.t
                self.likeness = min(self.likeness, alike)
                return "identity" if alike < self._same else None
        self._sampled = seen.t if self._sampled is None else self._sampled
        return "identity" if seen.t - self._sampled > SHIPPED.unseen_s else None


def _profile(seen: Observation) -> bool:
    """Is so little of the face to be seen that it may be unlike itself? Whoever it is has to look ahead again soon."""
    return seen.landmarks is not None and abs(seen.landmarks.pose.yaw) > SHIPPED.profile_yaw
