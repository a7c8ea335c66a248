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
    relief: float = field(default=0.012, init=False)
    """Recorded live turns show 0.018 and more at 20°; 90 simulated turns of printed photos 0.006 at most."""
    pauses_s: tuple[float, float] = field(default=(0.3, 0.9), init=False)


SHIPPED = Shipped()
