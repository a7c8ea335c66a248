"""The face engine as programs see it: portraits, templates and check-ins, whichever models are behind it."""

from collections.abc import Sequence
from pathlib import Path

from core.errors import Refused
from core.face import gate, images, matching, sentences
from core.face.calibration import Calibration
from core.face.challenge import Challenge, draw
from core.face.checkin import STRICT, CheckIn, CheckInSettings
from core.face.choice import EngineChoice, parts_of
from core.face.enrolment import ALIKE, PHOTOS_MOST, SURE
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

        ``more`` photos of the same person, each as good, make the template steadier; the same picture again does not,
        and is left out.
        """
        kept, image = images.portrait(data)
        quality, pose, vector = self._checked(image)
        others = [self._another(place, photo, vector) for place, photo in enumerate(more, start=2)]
        vectors = [vector, *(one for _kept, one in others)]
        new = [place for place in range(1, len(vectors)) if _is_new(vectors[place], vectors[:place])]
        template = matching.pack(self.model, [vector, *(vectors[place] for place in new)])
        pictures = tuple(others[place - 1][0] for place in new)
        return PortraitCheck(kept, quality, pose, template, self.versions, pictures)

    def gather(self, portrait: bytes, photos: Sequence[bytes]) -> Gathered:
        """A template of a portrait that was checked before and of the first few photos that show the person well.

        Of a photo from a check-in nobody has asked whether it is good enough, and it must be his for sure; the same
        picture again is left out. ``Refused`` where this recogniser finds no face in the portrait.
        """
        owner = self._observer.observe(images.view(portrait), 0.0).vector
        if owner is None:
            raise _refused("no_face")
        vectors, used, pictures = [owner], [], []
        for place, photo in enumerate(photos):
            if len(vectors) == PHOTOS_MOST:
                break
            found = self._sure_view(photo, owner)
            if found is not None and _is_new(found[1], vectors):
                used.append(place)
                pictures.append(found[0])
                vectors.append(found[1])
        return Gathered(matching.pack(self.model, vectors), tuple(used), tuple(pictures))

    def template(self, photos: Sequence[bytes]) -> Template:
        """One template from several photos of the same person, each of which must pass as a portrait."""
        return matching.pack(self.model, [self._checked(images.portrait(photo)[1])[2] for photo in photos])

    def score(self, photo: bytes, template: Template) -> float:
        """How alike the main face of a kept picture and a template are; -1 where they can't be compared."""
        seen = self._observer.observe(images.pixels(photo), 0.0)
        vector = matching.comparable(template, self.model, self._parts.recogniser.size)
        return -1.0 if seen.vector is None or vector is None else matching.cosine(seen.vector, vector)

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
            if not self._is_his(owner, vector):
                raise _refused("other_person")
        except Refused as fault:
            sentence = f"第 {place} 张照片：{fault.sentence}"
            raise Refused(fault.code, sentence, fault.hint, rule=fault.rule or "P-2") from fault
        return kept, vector

    def _sure_view(self, photo: bytes, owner: Vector) -> tuple[bytes, Vector] | None:
        try:
            kept, image = images.photo(photo)
        except Refused:
            return None
        seen = self._observer.observe(image, 0.0, covering=True)
        if seen.vector is None or seen.landmarks is None or seen.quality is None or seen.faces > 1:
            return None
        good = gate.fault(seen.landmarks, seen.quality, gate.KEPT) is None
        return (kept, seen.vector) if good and self._is_his(owner, seen.vector) else None

    def _is_his(self, owner: Vector, other: Vector) -> bool:
        return matching.cosine(owner, other) >= self.calibration.accept(SURE)

    def _checked(self, image: Image) -> tuple[Quality, Pose, Vector]:
        seen = self._observer.observe(image, 0.0, covering=True)
        if seen.landmarks is None or seen.quality is None or seen.vector is None:
            raise _refused("no_face")
        if seen.faces > 1:
            raise _refused("many_faces")
        fault = gate.fault(seen.landmarks, seen.quality, gate.PORTRAIT)
        if fault is not None:
            raise _refused(fault)
        return seen.quality, seen.landmarks.pose, seen.vector


def _is_new(vector: Vector, known: Sequence[Vector]) -> bool:
    return all(matching.cosine(vector, one) < ALIKE for one in known)


def _refused(code: str) -> Refused:
    words, full = sentences.PORTRAIT[code], f"portrait.{code}"
    return Refused(full, words.sentence, words.hint, rule="P-2")
