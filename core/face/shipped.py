"""What 'alive' means: the limits of the challenge and of the track, in one place that nothing relaxes."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Shipped:
    """The judge's limits. No argument, setting or command line changes them: they are what 'alive' means here."""

    step_s: float = field(default=4.0, init=False)
    back_s: float = field(default=3.0, init=False)
    ready_s: float = field(default=0.4, init=False)
    ready_limit_s: float = field(default=8.0, init=False)
    reaction_s: float = field(default=0.1, init=False)
    """A gesture that began sooner than this after it was asked for is no answer: nobody reacts so fast."""
    gap_s: float = field(default=0.5, init=False)
    crowd_frames: int = field(default=2, init=False)
    overlap: float = field(default=0.3, init=False)
    still: float = field(default=0.1, init=False)
    still_s: float = field(default=0.8, init=False)
    """A camera's noise alone stirs a face by 0.3 grey levels or more; compressed clips repeat a frame, not 0.8 s."""
    unseen_s: float = field(default=1.0, init=False)
    sample_s: tuple[float, float] = field(default=(0.1, 0.3), init=False)
    """Between two identities of a head that looks ahead with open eyes lies a time drawn from these."""
    aside_yaw: float = field(default=12.0, init=False)
    """Turned further than this, a frame without an identity is nobody's."""
    led_yaw: float = field(default=15.0, init=False)
    profile_yaw: float = field(default=35.0, init=False)
    """Turned further, a face may be too unlike itself to be recognised; for ``unseen_s`` that is no fault, if it was
    known on the way there, beyond ``led_yaw`` to the same side."""
    relief: float = field(default=0.012, init=False)
    """The smallest recorded live turn, 23°, reaches 0.0148 to 0.018 at 10, 15 and 30 frames a second and at 110 px,
    wider ones 0.02 and more; what sheets of paper reach stands in docs/FACE.md."""
    relief_s: float = field(default=0.5, init=False)
    """Relief grows with the angle: so long after 20° it may still come, or a quick small turn would be refused."""
    pauses_s: tuple[float, float] = field(default=(0.3, 0.9), init=False)


SHIPPED = Shipped()
