"""Wraps the face engine of ``core.face`` for check-ins: one engine for the whole program, loaded when first needed."""

import threading
from collections.abc import Sequence
from typing import Any

from core.face.checkin import Accepted, CheckIn, CheckInSettings, Refusal
from core.face.choice import EngineChoice
from core.face.engine import FaceEngine
from core.face.evidence import Evidence
from core.face.frames import frame
from core.face.images import encoded
from core.face.types import Box, Candidate
from kiosk.adapters.faces import FaceCheck, Looking, NotRecognised, Proof, Recognised

_PHOTO_PX = 720


class EngineFaces:
    """The shipped engine; ``stills`` only takes effect where a demo's server admitted the kiosk for it."""

    def __init__(self, engine: FaceEngine, *, stills: bool) -> None:
        self._engine = engine
        self._settings = CheckInSettings(still_for_live=stills)

    @property
    def versions(self) -> dict[str, str]:
        """Every model by its task."""
        return self._engine.versions

    @property
    def name(self) -> str:
        """The recogniser's name and version."""
        return self._engine.model

    def check(self, candidates: Sequence[Candidate]) -> FaceCheck:
        """Begins with the project's people and a new random challenge."""
        session = self._engine.check_in(candidates, self._settings)
        return _Check(session, self._engine.model, self._engine.versions)


class _Check:
    """One check-in of the engine in the words of the kiosk."""

    def __init__(self, session: CheckIn, model: str, versions: dict[str, str]) -> None:
        self._session, self._model, self._versions = session, model, versions
        self._image: Any = None

    def feed(self, image: Any, t: float) -> Looking | Recognised | NotRecognised:
        """Judges one frame."""
        image = frame(image)
        seen = self._session.feed(image, t)
        if isinstance(seen.outcome, Accepted):
            return Recognised(seen.outcome.person_id, self._proof(seen.outcome.evidence))
        if isinstance(seen.outcome, Refusal):
            found = seen.outcome
            return NotRecognised(
                f"face.{found.code}", found.sentence, found.hint, self._proof(found.evidence), found.tried
            )
        fraction = seen.step / seen.steps if seen.steps else 0.0
        if seen.tried and (seen.box is not None or self._image is None):
            self._image = image
        box = _fractions(seen.box, image)
        return Looking(seen.instruction, box, fraction, seen.ready, tried=seen.tried)

    def abandoned(self) -> Proof | None:
        """The last picture of the face; the engine keeps no evidence before an outcome."""
        if self._image is None:
            return None
        photo = encoded(self._image, _PHOTO_PX)
        return Proof(engine=self._model, liveness="none", versions=self._versions, photo=photo)

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


def open_faces(choice: EngineChoice, *, stills: bool) -> EngineFaces:
    """Loads the models that the operator chose; takes about a second."""
    return EngineFaces(FaceEngine.open(choice), stills=stills)


class FirstUse:
    """Loads the engine when it is first asked for, once, whichever thread asks."""

    def __init__(self, choice: EngineChoice) -> None:
        self._choice, self._lock = choice, threading.Lock()
        self._loaded: dict[bool, EngineFaces] = {}

    def __call__(self, stills: bool) -> EngineFaces:
        """``stills`` says whether still pictures are taken for live."""
        with self._lock:
            if stills not in self._loaded:
                self._loaded[stills] = open_faces(self._choice, stills=stills)
            return self._loaded[stills]
