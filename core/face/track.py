"""Watches that one face stays in front of the camera, without a break, all the time (pure)."""

from math import copysign

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
        self._led = 0.0
        """The side to which this head was seen to turn as itself since it looked ahead: 1, -1 or 0."""
        self.likeness = 1.0
        self.forgiven = False
        """Was the last frame unlike, and in profile?"""
        self.profile: float | None = None
        """The least likeness that was forgiven in profile."""

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
        yaw = seen.landmarks.pose.yaw if seen.landmarks is not None else 0.0
        if abs(yaw) <= SHIPPED.aside_yaw:
            self._led = 0.0
        alike = None if seen.vector is None else cosine(self._reference, seen.vector)
        if alike is None:
            self._sampled = seen.t if self._sampled is None else self._sampled
            # Aside every frame counts: what is not known there may be anybody's turn.
            late = abs(yaw) > SHIPPED.aside_yaw or seen.t - self._sampled > SHIPPED.unseen_s
            return "identity" if late else None
        self.forgiven = alike < self._same and self._led_there(yaw, seen.t)
        if self.forgiven:
            self.profile = min(alike, 1.0 if self.profile is None else self.profile)
            return None
        self.likeness = min(self.likeness, alike)
        if abs(yaw) >= SHIPPED.led_yaw:
            self._led = copysign(1.0, yaw)
        self._sampled = seen.t
        return "identity" if alike < self._same else None

    def _led_there(self, yaw: float, t: float) -> bool:
        """In profile a face may be unlike itself, if it was itself on the way there, and soon is so again."""
        led = abs(yaw) > SHIPPED.profile_yaw and self._led == copysign(1.0, yaw)
        return led and self._sampled is not None and t - self._sampled <= SHIPPED.unseen_s
