"""Finds an engine's thresholds on people of whom there are several photos each (pure)."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.face.calibration import Basis, Calibration, Step, least
from core.face.enrolment import PHOTOS_GOOD
from core.face.matching import blend
from core.face.types import Vector

Scores = NDArray[np.float64]

SIZES = (20, 200, 300, 1_000, 3_000, 10_000)
FAR = 5e-5
"""How often two strangers may be taken for one: once in a thousand looks among 20 people …"""
FPIR_MOST = 0.01
"""… and in one look of a hundred at the most, however many the candidates are."""
_DRAWS = 5
_BASE, _DEEPER = 1e-3, 1e-4
_LEAST_STRANGERS = 100_000
_LEAST_PEOPLE = 50


def calibrate(model: str, people: Mapping[str, Sequence[Vector]], data: str, *, seed: int = 1) -> Calibration:
    """Thresholds for a model from the vectors of people's photos; ``data`` names them.

    Raises ``BadInput`` where there are too few people or photos to say anything, or the model can't tell them apart.
    """
    own, strangers = trials(people, seed)
    counted = sum(len(found) > 1 for found in people.values())
    if counted < _LEAST_PEOPLE or len(strangers) < _LEAST_STRANGERS:
        raise BadInput(
            "face.few_people",
            f"可用于校准的人数不足：{counted} 人，{len(strangers)} 次陌生人比对",
            f"请提供至少 {_LEAST_PEOPLE} 人、每人 2 张以上的照片（陌生人比对至少 {_LEAST_STRANGERS} 次）",
        )
    typical = round(float(strangers.mean()), 3)
    steps = tuple(_step(size, own, strangers, least(typical)) for size in SIZES)
    if steps[-1].accept >= 1:
        hint = "请检查模型及其图片预处理设置（manifest.json），改正后重新校准"
        raise BadInput("face.all_alike", f"该模型分不清人：陌生人的平均相似度为 {typical}，求不出阈值", hint)
    return Calibration(
        model=model,
        steps=steps,
        same=max(round(threshold(strangers, _DEEPER), 3), least(typical)),
        typical=typical,
        basis=Basis(
            data=data, people=len(people), own=len(own), strangers=len(strangers), photos=PHOTOS_GOOD
        ),
    )


def trials(
    people: Mapping[str, Sequence[Vector]], seed: int = 1, draws: int = _DRAWS
) -> tuple[Scores, Scores]:
    """Likenesses of photos to templates of their owners and of others.

    A template is made of three photos where a person has more, drawn several times, and of one where he has two.
    """
    chance, own, strangers = np.random.default_rng(seed), [], []
    names = [name for name, found in people.items() for _ in found]
    photos = np.stack([vector for found in people.values() for vector in found])
    whose = np.array(names)
    for name, found in people.items():
        if len(found) < 2:
            continue
        others = photos[whose != name]
        for _ in range(draws if len(found) > PHOTOS_GOOD else 1):
            order = chance.permutation(len(found))
            used = PHOTOS_GOOD if len(found) > PHOTOS_GOOD else 1
            template = blend([found[index] for index in order[:used]])
            own.append(np.stack([found[index] for index in order[used:]]) @ template)
            strangers.append(others @ template)
    if not own:
        return np.zeros(0), np.zeros(0)
    return np.concatenate(own).astype(np.float64), np.concatenate(strangers).astype(np.float64)


def threshold(strangers: Scores, far: float) -> float:
    """The likeness that strangers reach at this rate.

    Rates that the trials can't show are read from the tail, which falls exponentially (peaks over a threshold, with
    shape 0: Coles, An Introduction to Statistical Modeling of Extreme Values, 2001, chapter 4). Its scale is taken
    between two quantiles, not from the largest values: among many photos some bear a wrong name.
    """
    if far >= _BASE:
        return float(np.quantile(strangers, 1 - far))
    base, deeper = (float(np.quantile(strangers, 1 - rate)) for rate in (_BASE, _DEEPER))
    return base + (deeper - base) * math.log(_BASE / far) / math.log(_BASE / _DEEPER)


def _step(size: int, own: Scores, strangers: Scores, lowest: float) -> Step:
    fpir = min(FPIR_MOST, size * FAR)
    accept = max(round(threshold(strangers, fpir / size), 3), lowest)
    return Step(candidates=size, accept=accept, fpir_aimed=fpir, fnir=round(float((own < accept).mean()), 5))
