"""What a check-in needs from a face engine, whichever it is; the engines of ``core.face`` are wrapped to this."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from core.face.types import Candidate


@dataclass(frozen=True, slots=True)
class Looking:
    """The check goes on: one instruction, the face's box as fractions of the frame, how much is done."""

    instruction: str
    box: tuple[float, float, float, float] | None = None
    fraction: float = 0.0
    ready: bool = False
    tried: bool = False
    """Whether a face was compared with the candidates: who leaves now has had a try (S-3)."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What is kept as evidence (S-3): scores, thresholds, challenge, model versions, the best picture."""

    engine: str
    liveness: str
    score: float | None = None
    threshold: float | None = None
    challenge: str | None = None
    versions: dict[str, str] = field(default_factory=dict)
    photo: bytes | None = None
    details: dict[str, Any] = field(default_factory=dict)
    """All else that the engine measured: margins, answers of the challenge with their times, frames."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A living person of the candidates."""

    person_id: str
    proof: Proof


@dataclass(frozen=True, slots=True)
class NotRecognised:
    """The face was refused: why, what to do, and the evidence for the record."""

    code: str
    sentence: str
    hint: str
    proof: Proof
    tried: bool
    """Whether a face was compared with the candidates before: then it was a try, whatever ended it (S-3)."""


class FaceCheck(Protocol):
    """One person in front of the camera."""

    def feed(self, image: Any, t: float) -> Looking | Recognised | NotRecognised:
        """Judges one frame, taken at ``t`` seconds of the monotonic clock."""

    def abandoned(self) -> Proof | None:
        """What was seen of somebody who leaves after his face was compared; None if it was not."""


class Faces(Protocol):
    """A face engine ready for check-ins."""

    @property
    def name(self) -> str:
        """Name and version, as every piece of evidence names it."""

    @property
    def versions(self) -> dict[str, str]:
        """Every model by its task, as evidence and the service menu name them."""

    def check(self, candidates: Sequence[Candidate]) -> FaceCheck:
        """Begins with the project's people."""
