"""Wraps the face engine of ``core.face`` for check-ins: one engine for the whole program, loaded when first needed."""

from collections.abc import Sequence
from typing import Any

from core.face.checkin import Accepted, CheckIn, CheckInSettings, Refusal
from core.face.engine import FaceEngine
from core.face.evidence import Evidence
from core.face.types import Box, Candidate
from kiosk.adapters.faces import FaceCheck, Looking, NotRecognised, Proof, Recognised


class EngineFaces:
    """The shipped engine; ``stills`` only takes effect where a demo's server admitted the kiosk for it."""

    def __init__(self, engine: FaceEngine, *, stills: bool) -> None:
        self._engine = engine
        self._settings = CheckInSettings(still_for_live=stills)

    @property
    def name(self) -> str:
        """The recogniser's name and version."""
        return self._engine.model

    def check(self, candidates: Sequence[Candidate]) -> FaceCheck:
        """Begins with the project's people and a new random challenge."""
        return _Check(self._engine.check_in(candidates, self._settings), self._engine.model)


class _Check:
    """One check-in of the engine in the words of the kiosk."""

    def __init__(self, session: CheckIn, model: str) -> None:
        self._session, self._model = session, model

    def feed(self, image: Any, t: float) -> Looking | Recognised | NotRecognised:
        """Judges one frame."""
        seen = self._session.feed(image, t)
        if isinstance(seen.outcome, Accepted):
            return Recognised(seen.outcome.person_id, self._proof(seen.outcome.evidence))
        if isinstance(seen.outcome, Refusal):
            found = seen.outcome
            return NotRecognised(
                f"face.{found.code}", found.sentence, found.hint, self._proof(found.evidence)
            )
        fraction = seen.step / seen.steps if seen.steps else 0.0
        return Looking(seen.instruction, _fractions(seen.box, image), fraction, seen.ready)

    def _proof(self, evidence: Evidence) -> Proof:
        return Proof(
            engine=self._model, liveness=evidence.liveness, score=evidence.score, threshold=evidence.threshold,
            challenge=evidence.challenge_text(), versions=evidence.versions, photo=evidence.photo,
            details=evidence.plain(),
        )  # fmt: skip


def _fractions(box: Box | None, image: Any) -> tuple[float, float, float, float] | None:
    if box is None:
        return None
    height, width = image.shape[:2]
    return box.x / width, box.y / height, box.width / width, box.height / height


def open_faces(*, stills: bool) -> EngineFaces:
    """Loads the shipped models; takes about a second."""
    return EngineFaces(FaceEngine.shipped(), stills=stills)
