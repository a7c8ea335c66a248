"""``enrol``, ``verify``, ``identify``: one person at a time, as a portrait is taken in and a face compared."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import BadInput, DomainError, Refused
from core.face import matching, sentences
from core.face.engine import FaceEngine
from core.face.enrolment import PHOTOS_GOOD, SURE
from core.face.matching import Gallery
from core.face.tool import templates
from core.face.tool.pictures import read_bytes
from core.face.tool.report import DONE, MISUSE, NO, Bad, Report, columns
from core.face.types import PortraitCheck, Vector

SHOWN = 5


def enrol(engine: FaceEngine, photos: Sequence[Path], out: Path | None) -> Report:
    """A template of the photos that pass as portraits of the same person, as the server makes one."""
    passed: list[tuple[str, PortraitCheck]] = []
    bad: list[Bad] = []
    refused: list[Bad] = []
    for photo in photos:
        try:
            passed.append((str(photo), engine.enrol(read_bytes(photo))))
        except Refused as error:
            refused.append(Bad(str(photo), error.code, f"{error.sentence}{error.hint}"))
        except DomainError as error:
            bad.append(Bad.of(str(photo), error))
    vectors = [matching.unpack(check.template) for _, check in passed]
    refused += _strangers([file for file, _ in passed], vectors, engine.calibration.accept(SURE))
    kept = [
        (file, check, vector)
        for (file, check), vector in zip(passed, vectors, strict=True)
        if file not in {one.file for one in refused}
    ]
    data: dict[str, Any] = {
        "command": "enrol", "versions": engine.versions, "template": None,
        "accepted": [_measured(file, check) for file, check, _ in kept],
        "refused": [one.plain() for one in refused],
    }  # fmt: skip
    if kept and out is not None:
        template = matching.pack(engine.model, [vector for *_, vector in kept])
        templates.write(out, template, len(kept))
        data["template"] = str(out)
    lines = [
        *columns([(file, "accepted") for file, *_ in kept]),
        *columns([(r.file, r.sentence) for r in refused]),
    ]
    lines += [f"template of {len(kept)} photos: {data['template'] or 'none'}", *_advice(len(kept))]
    nothing = MISUSE if len(bad) == len(photos) else NO
    return Report(DONE if kept else nothing, data, lines, bad)


def _advice(count: int) -> list[str]:
    few = 0 < count < PHOTOS_GOOD
    return [f"模板只来自 {count} 张照片；{PHOTOS_GOOD} 张以上识别更可靠。"] if few else []


def _strangers(files: list[str], vectors: list[Vector], sure: float) -> list[Bad]:
    """Photos of somebody else than most of them show; all of them where there is no such person."""
    if len(vectors) < 2:
        return []
    alike = np.stack(vectors) @ np.stack(vectors).T >= sure
    of_most = alike[int(np.argmax(alike.sum(axis=0)))]
    if of_most.sum() * 2 <= len(vectors):
        of_most = np.zeros(len(vectors), dtype=bool)
    said = "照片与其他照片不是同一个人。"
    return [
        Bad(file, "portrait.other_person", said) for file, his in zip(files, of_most, strict=True) if not his
    ]


def _measured(file: str, check: PortraitCheck) -> dict[str, Any]:
    quality, pose = check.quality, check.pose
    return {
        "file": file, "face_px": quality.face_px, "sharpness": quality.sharpness, "brightness": quality.brightness,
        "glare": quality.glare, "yaw": pose.yaw, "pitch": pose.pitch, "roll": pose.roll,
    }  # fmt: skip


def verify(engine: FaceEngine, first: Path, second: Path) -> Report:
    """Whether two photos, or templates, show the same person."""
    score = matching.cosine(templates.vector_in(engine, first), templates.vector_in(engine, second))
    threshold = engine.calibration.accept(1)
    same = score >= threshold
    data = {
        "command": "verify", "versions": engine.versions, "same": same, "score": score, "threshold": threshold,
    }  # fmt: skip
    words = "same person" if same else "not the same person"
    return Report(DONE if same else NO, data, [f"{words}: {score:.3f}, threshold {threshold:.3f}"])


def identify(engine: FaceEngine, photo: Path, places: Sequence[Path]) -> Report:
    """Who of a gallery a photo shows, by the rule of the kiosk."""
    vector = templates.vector_in(engine, photo)
    people, bad = templates.gallery(engine, places)
    match = Gallery(people, engine.calibration, len(vector)).best(vector)
    if match is None:
        raise BadInput("face.nobody_enrolled", "人脸库中没有一个可用的人。", "请检查 --gallery。")
    ranked = sorted(
        ((matching.cosine(vector, matching.unpack(one.templates[0])), one.person_id) for one in people),
        reverse=True,
    )[:SHOWN]
    threshold = engine.calibration.accept(len(people))
    data = {
        "command": "identify", "versions": engine.versions, "candidates": len(people), "threshold": threshold,
        "margin": matching.MARGIN, "person": match.person_id if match.accepted else None,
        "score": match.score, "runner_up": match.runner_up, "reason": match.reason,
        "nearest": [{"person": name, "likeness": score} for score, name in ranked],
    }  # fmt: skip
    words = match.person_id if match.accepted else sentences.REFUSED[match.reason].sentence
    lines = [
        f"{words} ({match.score:.3f}, next {match.runner_up:.3f}, threshold {threshold:.3f}, {len(people)} people)",
        *columns([(name, f"{score:.3f}") for score, name in ranked]),
    ]
    return Report(DONE if match.accepted else NO, data, lines, bad)
