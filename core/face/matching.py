"""Which of the candidates a face is, and whether that is sure enough (pure)."""

from collections.abc import Sequence

import numpy as np

from core.errors import BadInput
from core.face.types import Candidate, Match, Template, Vector

SIZE = 128
"""Numbers in an identity vector."""


def cosine(a: Vector, b: Vector) -> float:
    """How alike two identities are: 1 the same picture, about 0 two strangers."""
    return float(a @ b)


def mean(vectors: Sequence[Vector]) -> Vector:
    """One identity from several pictures of the same person."""
    total = np.sum(np.stack(list(vectors)), axis=0)
    return (total / np.linalg.norm(total)).astype(np.float32)


def pack(model: str, vectors: Sequence[Vector]) -> Template:
    """The template of a person from his good photos."""
    if not vectors:
        raise BadInput("face.no_photo", "没有可用于建立人脸模板的照片。", "请提供至少一张合格的正面照片。")
    return Template(model, mean(vectors).astype("<f4").tobytes())


def unpack(template: Template) -> Vector:
    """The vector of a template; anything but 128 finite numbers of unit length is refused."""
    vector = np.frombuffer(template.vector, dtype="<f4") if len(template.vector) == 4 * SIZE else np.zeros(0)
    if vector.size != SIZE or not np.isfinite(vector).all() or abs(float(np.linalg.norm(vector)) - 1) > 1e-3:
        raise BadInput("face.bad_template", "人脸模板已损坏。", "请重新录入该人员的照片。")
    return vector.astype(np.float32)


ACCEPT = 0.45
"""Least likeness that counts as the same person.

Found on 2.37 million pairs of strangers among 1,162 people of LFW and 3,570 among 14 East Asians, model
sface-2021dec-int8bq-mesh-mirror-1: strangers reach it in 4 of 100,000 and 6 of 10,000 pairs. Of templates made from
three photos the owner falls short in 0.1 %, of a single casual photo in 2 % (LFW) and 7.5 % (East Asians); a check-in
averages several frames of a person who looks ahead, which is nearer to the former.
"""
MARGIN = 0.06
"""How far the second person must lie behind: nearer than that, the kiosk does not guess between two."""


def best(vector: Vector, candidates: Sequence[Candidate], model: str) -> Match | None:
    """The nearest candidate; templates of another model are left out, None where that leaves nobody."""
    scores = sorted(
        (
            (max(cosine(vector, unpack(one)) for one in usable), candidate.person_id)
            for candidate in candidates
            if (usable := [one for one in candidate.templates if one.model == model])
        ),
        reverse=True,
    )
    if not scores:
        return None
    (score, person), runner_up = scores[0], scores[1][0] if len(scores) > 1 else -1.0
    reason = "unknown" if score < ACCEPT else "ambiguous" if score - runner_up < MARGIN else ""
    return Match(person, score, runner_up, not reason, reason)
