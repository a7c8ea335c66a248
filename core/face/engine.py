"""The face engine as programs see it: portraits, templates and check-ins, whichever models are behind it."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from core.errors import Refused
from core.face import gate, images, matching, sentences
from core.face.calibration import Calibration
from core.face.challenge import Challenge, draw
from core.face.checkin import STRICT, CheckIn, CheckInSettings
from core.face.choice import EngineChoice, parts_of
from core.face.enrolment import PHOTOS_MOST, SURE
from core.face.observer import Observer
from core.face.parts import Parts
from core.face.types import Candidate, Gathered, Image, PortraitCheck, Pose, Quality, Template, Vector


class FaceEngine:
    """One set of loaded models; not to be shared between threads. A program needs one, at most."""

    def __init__(self, parts: Parts) -> None:
        self._observer = Observer(parts)
        self._parts = parts

    @classmethod
    def shipped(cls, passive: Path | None = None) -> "FaceEngine":
        """The default engine, from files of installed packages; ``passive`` is the operator's anti-spoof network."""
        return cls.open(EngineChoice(passive=passive))

    @classmethod
    def open(cls, choice: EngineChoice) -> "FaceEngine":
        """The engine that was chosen; models come from installed packages and named files, never from a network."""
        return cls(parts_of(choice))

    @property
    def model(self) -> str:
        """The recogniser that makes the templates: those of another can't be compared."""
        return self._parts.recogniser.version

    @property
    def calibration(self) -> Calibration:
        """The recogniser's thresholds and what they rest on."""
        return self._parts.calibration

    @property
    def versions(self) -> dict[str, str]:
        """Every model by its task, as evidence keeps them."""
        return self._parts.versions

    @property
    def observer(self) -> Observer:
        """The look at single frames, for tests and measurements."""
        return self._observer

    def enrol(self, data: bytes, more: Sequence[bytes] = ()) -> PortraitCheck:
        """Checks a portrait (P-2, B-2) and gives it as it is to be kept; ``Refused`` names the fault.

        ``more`` photos of the same person, each as good, make the template steadier.
        """
        kept, image = images.portrait(data)
        quality, pose, vector = self._checked(image)
        others = [self._another(place, photo, vector) for place, photo in enumerate(more, start=2)]
        template = matching.pack(self.model, [vector, *(one for _kept, one in others)])
        return PortraitCheck(kept, quality, pose, template, self.versions, tuple(one for one, _ in others))

    def gather(self, portrait: bytes, photos: Sequence[bytes]) -> Gathered:
        """A template of a portrait that was checked before and of the first few photos that show the person well.

        Of a photo from a check-in nobody has asked whether it is good enough, and it must be his for sure: as sure
        as among a thousand people. ``Refused`` where this recogniser finds no face in the portrait.
        """
        owner = self._observer.observe(images.view(portrait), 0.0).vector
        if owner is None:
            raise _refused("no_face")
        seen = ((place, self._sure_view(photo, owner)) for place, photo in enumerate(photos))
        used = list(islice(((place, one) for place, one in seen if one is not None), PHOTOS_MOST - 1))
        template = matching.pack(self.model, [owner, *(one for _place, one in used)])
        return Gathered(template, tuple(place for place, _one in used))

    def template(self, photos: Sequence[bytes]) -> Template:
        """One template from several photos of the same person, each of which must pass as a portrait."""
        return matching.pack(self.model, [self._checked(images.portrait(photo)[1])[2] for photo in photos])

    def score(self, photo: bytes, template: Template) -> float:
        """How alike the main face of a kept picture and a template are; -1 where there is no face or another model."""
        seen = self._observer.observe(images.pixels(photo), 0.0)
        if seen.vector is None or template.model != self.model:
            return -1.0
        return matching.cosine(seen.vector, matching.unpack(template))

    def check_in(
        self,
        candidates: Sequence[Candidate],
        settings: CheckInSettings = STRICT,
        challenge: Challenge | None = None,
    ) -> CheckIn:
        """A check-in among these people, with a new random challenge unless one is given."""
        return CheckIn(self._observer, candidates, settings, challenge or draw())

    def _another(self, place: int, photo: bytes, owner: Vector) -> tuple[bytes, Vector]:
        try:
            kept, image = images.portrait(photo)
            vector = self._checked(image)[2]
            if matching.cosine(owner, vector) < self.calibration.accept(1):
                raise _refused("other_person")
        except Refused as fault:
            sentence = f"第 {place} 张照片：{fault.sentence}"
            raise Refused(fault.code, sentence, fault.hint, rule=fault.rule or "P-2") from fault
        return kept, vector

    def _sure_view(self, photo: bytes, owner: Vector) -> Vector | None:
        try:
            seen = self._observer.observe(images.view(photo), 0.0)
        except Refused:
            return None
        if seen.vector is None or seen.landmarks is None or seen.quality is None or seen.faces > 1:
            return None
        good = gate.fault(seen.landmarks, seen.quality, gate.KEPT) is None
        return (
            seen.vector
            if good and matching.cosine(owner, seen.vector) >= self.calibration.accept(SURE)
            else None
        )

    def _checked(self, image: Image) -> tuple[Quality, Pose, Vector]:
        seen = self._observer.observe(image, 0.0)
        if seen.landmarks is None or seen.quality is None or seen.vector is None:
            raise _refused("no_face")
        if seen.faces > 1:
            raise _refused("many_faces")
        fault = gate.fault(seen.landmarks, seen.quality, gate.PORTRAIT)
        if fault is not None:
            raise _refused(fault)
        return seen.quality, seen.landmarks.pose, seen.vector


def _refused(code: str) -> Refused:
    words, full = sentences.PORTRAIT[code], f"portrait.{code}"
    return Refused(full, words.sentence, words.hint, rule="P-2")
