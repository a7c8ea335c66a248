"""What is kept of a check-in, accepted or refused (S-3)."""

from typing import Any, Literal

import msgspec

Liveness = Literal["challenge", "demo-still", "none"]


class AnswerEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the challenge; times in seconds since the check-in began."""

    gesture: str
    asked: float
    began: float
    sure: float
    relief: float | None


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Scores, thresholds, challenge with its timings, model versions, and the best frame as JPEG."""

    versions: dict[str, str]
    liveness: Liveness
    threshold: float
    margin: float
    same: float
    """The least likeness to himself that was asked from frame to frame."""
    score: float | None = None
    runner_up: float | None = None
    likeness: float | None = None
    """The least likeness on any sampled frame of the challenge to the face that was recognised, but for ``profile``."""
    profile: float | None = None
    """The least likeness that was forgiven in profile; None where nothing had to be."""
    frames: int = 0
    """How many frames the recognised identity is the mean of."""
    challenge: tuple[str, ...] = ()
    answers: tuple[AnswerEvidence, ...] = ()
    passive: float | None = None
    passive_least: float | None = None
    """What the network had to say; None where there is none."""
    seconds: float = 0.0
    templates: tuple[str, ...] = ()
    """With which templates of him the person was recognised, by their digests; of nobody else any are named."""
    stale: tuple[str, ...] = ()
    """People who could not be compared because their templates are of another model, or damaged."""
    photo: bytes | None = None

    def plain(self) -> dict[str, Any]:
        """Everything but the photo, as JSON takes it."""
        found: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(self, photo=None))
        found.pop("photo")
        return found

    def challenge_text(self) -> str:
        """The challenge in one word, as lists and logs show it."""
        return self.liveness if self.liveness != "challenge" else "-".join(self.challenge)
