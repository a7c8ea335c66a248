"""Which of the candidates a face is, and whether that is sure enough (pure)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.face.calibration import Calibration
from core.face.types import Candidate, Match, Template, Vector

MARGIN = 0.06
"""How far the second person must lie behind: nearer than that, nobody guesses between two. The same for all engines."""
_SIZES = range(64, 2049)
"""Numbers that an identity can have: 128 in SFace, 512 in most others."""


def cosine(a: Vector, b: Vector) -> float:
    """How alike two identities are: 1 the same picture, about 0 two strangers."""
    return float(a @ b)


def mean(vectors: Sequence[Vector]) -> Vector:
    """One identity from several pictures of the same person."""
    total = np.sum(np.stack(list(vectors)), axis=0)
    return (total / np.linalg.norm(total)).astype(np.float32)


def blend(vectors: Sequence[Vector]) -> Vector:
    """One identity from a person's photos: the first, his portrait, weighs as much as all others together.

    Somebody looked at the portrait. However many photos of a mixed face come after it, they don't outweigh it.
    """
    first, others = vectors[0], vectors[1:]
    return mean([first] * max(1, len(others)) + list(others))


def pack(model: str, vectors: Sequence[Vector]) -> Template:
    """The template of a person from his good photos, his portrait first."""
    if not vectors:
        raise BadInput("face.no_photo", "没有可用于建立人脸模板的照片。", "请提供至少一张合格的正面照片。")
    return Template(model, blend(vectors).astype("<f4").tobytes())


def unpack(template: Template) -> Vector:
    """The vector of a template; anything but finite numbers of unit length is refused."""
    whole = len(template.vector) % 4 == 0 and len(template.vector) // 4 in _SIZES
    vector = np.frombuffer(template.vector, dtype="<f4") if whole else np.zeros(0)
    if not whole or not np.isfinite(vector).all() or abs(float(np.linalg.norm(vector)) - 1) > 1e-3:
        raise BadInput("face.bad_template", "人脸模板已损坏。", "请重新录入该人员的照片。")
    return vector.astype(np.float32)


def comparable(template: Template, model: str, size: int) -> Vector | None:
    """The vector of a template of this model, ``size`` numbers; None where the template is another's or damaged."""
    if template.model != model or len(template.vector) != 4 * size:
        return None
    try:
        return unpack(template)
    except BadInput:
        return None


class Gallery:
    """The people among whom a face is looked for, laid out once: ten thousand are searched in under two milliseconds.

    Templates of another model and damaged ones can't be compared; who has no other is left out, and named in ``stale``:
    one person's damage is nobody else's.
    """

    def __init__(self, candidates: Sequence[Candidate], calibration: Calibration, size: int) -> None:
        """``size`` is how many numbers the recogniser's identities have."""
        people: list[str] = []
        stale: list[str] = []
        firsts: list[int] = []
        rows: list[Vector] = []
        for candidate in candidates:
            found = (comparable(one, calibration.model, size) for one in candidate.templates)
            usable = [vector for vector in found if vector is not None]
            if not usable:
                stale.append(candidate.person_id)
                continue
            people.append(candidate.person_id)
            firsts.append(len(rows))
            rows += usable
        self._people, self.stale = tuple(people), tuple(stale)
        self._firsts = np.array(firsts, dtype=np.intp)
        self._rows = np.stack(rows) if rows else np.zeros((0, size), dtype=np.float32)
        self.accept = calibration.accept(len(people))
        """The least likeness that counts as the same person among these."""

    def __len__(self) -> int:
        """How many people can be compared."""
        return len(self._people)

    def best(self, vector: Vector) -> Match | None:
        """The nearest of them; None where nobody can be compared."""
        if not self._people:
            return None
        scores = self._scores(vector)
        first = int(np.argmax(scores))
        score = float(scores[first])
        runner_up = float(np.max(np.delete(scores, first))) if len(scores) > 1 else -1.0
        clear = score - runner_up >= MARGIN
        reason = "unknown" if score < self.accept else "" if clear else "ambiguous"
        return Match(self._people[first], score, runner_up, not reason, reason)

    def _scores(self, vector: Vector) -> NDArray[np.float32]:
        """Each person's likeness: that of his nearest template, as it is; thresholds were found on such ones."""
        scores: NDArray[np.float32] = np.maximum.reduceat(self._rows @ vector, self._firsts)
        return scores
