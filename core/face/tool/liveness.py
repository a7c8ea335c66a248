"""``liveness``: what a kiosk would say of recorded clips."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

from core.errors import DomainError
from core.face import sentences
from core.face.challenge import ChallengeJudge, Phase, draw
from core.face.engine import FaceEngine
from core.face.gestures import Gesture
from core.face.tool import clips
from core.face.tool.clips import Watched
from core.face.tool.crew import Open, each, hands
from core.face.tool.figures import Rate
from core.face.tool.progress import Progress
from core.face.tool.report import DONE, INTERRUPTED, MISUSE, NO, Bad, Report, columns

_CUT = "视频在最后一个动作结束前中断。"
_SHOWN = 8
"""Gestures in a line; the document has them all."""
LIVE, REFUSED, NOT_JUDGED = "live", "refused", "not-judged"


@dataclass(frozen=True, slots=True)
class Asked:
    """The gestures that a clip has to perform in this order; without them so many random challenges."""

    steps: tuple[Gesture, ...] | None
    trials: int
    seed: int


@dataclass(slots=True)
class Verdict:
    """What is thought of one clip; times in seconds of the clip."""

    file: str
    verdict: str = NOT_JUDGED
    reason: str = ""
    sentence: str = ""
    began: float | None = None
    """Where in the clip the challenge was begun."""
    seconds: float | None = None
    """From there until the judge was certain."""
    passive: float | None = None
    in_time: bool | None = None
    """Whether a kiosk's time limits would have been kept, too: who was recorded was not told when to begin."""
    gestures: list[dict[str, Any]] = field(default_factory=list)
    random: dict[str, Any] | None = None
    length: float = 0.0
    frames: int = 0

    def plain(self) -> dict[str, Any]:
        """As JSON takes it."""
        return asdict(self)


def judge(files: Sequence[str], asked: Asked, opened: Open, jobs: int | None) -> Report:
    """One verdict for each clip."""
    found: list[Verdict] = []
    interrupted = False
    engine = opened()
    with Progress(len(files), "clips") as progress:
        try:
            task = partial(verdict_of, asked=asked)
            for one in each(engine, opened, task, list(files), hands(len(files), jobs)):
                found.append(one)
                progress.step()
        except KeyboardInterrupt:
            interrupted = True
    bad = [Bad(one.file, one.reason, one.sentence) for one in found if not one.frames]
    steps = [str(step) for step in asked.steps] if asked.steps else None
    data = {
        "command": "liveness", "versions": engine.versions, "interrupted": interrupted, "challenge": steps,
        "passive": "installed" if "passive" in engine.versions else "not installed",
        "verdicts": {word: sum(one.verdict == word for one in found) for word in (LIVE, REFUSED, NOT_JUDGED)},
        "clips": [one.plain() for one in found],
    }  # fmt: skip
    return Report(INTERRUPTED if interrupted else _code(found), data, _lines(found, data), bad)


def _code(found: list[Verdict]) -> int:
    if all(one.verdict == NOT_JUDGED for one in found):
        return MISUSE
    return DONE if all(one.verdict == LIVE for one in found) else NO


def verdict_of(engine: FaceEngine, file: str, asked: Asked) -> Verdict:
    """Looks at a clip and judges it; one that can't be judged is an answer, too."""
    told = Verdict(file)
    try:
        watched = clips.watch(engine, clips.frames(Path(file)))
    except DomainError as error:
        told.reason, told.sentence = error.code, error.sentence
        return told
    told.frames, told.length = len(watched.seen), watched.seen[-1].t - watched.seen[0].t + watched.step_s
    told.gestures = [
        {"gesture": str(one.gesture), "began": one.began, "sure": one.sure} for one in clips.gestures(watched)
    ]
    told.passive = clips.passive_of(watched, 0, len(watched.seen))
    if watched.fault is not None:
        # A kiosk asks for better light or a step nearer until its time is over: nobody was judged alive or not.
        seen = any(one.landmarks is not None for one in watched.seen)
        told.verdict = REFUSED if seen else NOT_JUDGED
        told.reason, told.sentence = watched.fault, sentences.LIVE[watched.fault]
        return told
    same = engine.calibration.same
    if asked.steps is None:
        _by_chance(told, watched, asked, same)
    else:
        _settle(told, watched, asked.steps, same)
    return told


def _settle(told: Verdict, watched: Watched, steps: tuple[Gesture, ...], same: float) -> None:
    found = clips.best_try(watched, steps, same)
    told.began, told.seconds, told.passive = watched.seen[found.start].t, found.seconds, found.passive
    if found.state.phase is Phase.DONE:
        strict = clips.best_try(watched, steps, same, ChallengeJudge)
        told.in_time = strict.state.phase is Phase.DONE
    elif found.state.fault is None and len(found.state.answers) == len(steps):
        told.reason, told.sentence = "cut", _CUT
        return
    _say(told, found.fault)


def _say(told: Verdict, fault: str | None) -> None:
    told.verdict, told.reason = (REFUSED, fault) if fault else (LIVE, "")
    told.sentence = sentences.REFUSED[fault].sentence if fault else sentences.DONE


def _by_chance(told: Verdict, watched: Watched, asked: Asked, same: float) -> None:
    """A recording can't know what will be asked: how often does it answer rightly all the same?"""
    chance = random.Random(f"{asked.seed} {told.frames}")  # noqa: S311 - drawn again with the same seed
    faults: Counter[str] = Counter()
    seconds = []
    for _ in range(asked.trials):
        found = clips.looped(watched, draw(chance), chance, same)
        seconds.append(found.seconds)
        faults[found.fault or LIVE] += 1
    passed = faults.pop(LIVE, 0)
    told.random = Rate(passed, asked.trials).plain() | {"faults": dict(faults.most_common())}
    told.seconds = fmean(seconds)
    _say(told, None if passed * 2 > asked.trials else faults.most_common(1)[0][0])


def _lines(found: list[Verdict], data: dict[str, Any]) -> list[str]:
    rows: list[Sequence[object]] = [
        (
            "file",
            "verdict",
            "reason",
            "seconds",
            "passive",
            "gestures",
            "in time" if data["challenge"] else "passed",
        )
    ]
    for one in found:
        gestures = " ".join(f"{seen['gesture']}@{seen['began']:.1f}" for seen in one.gestures[:_SHOWN])
        gestures += f" +{len(one.gestures) - _SHOWN}" if len(one.gestures) > _SHOWN else ""
        chance = {None: "-", True: "yes", False: "no"}[one.in_time]
        if one.random:
            chance = str(Rate(one.random["errors"], one.random["trials"]))
        times = ["-" if value is None else f"{value:.2f}" for value in (one.seconds, one.passive)]
        rows.append((one.file, one.verdict, one.reason or "-", *times, gestures or "-", chance))
    tail = [("challenge", ",".join(data["challenge"] or ["random"])), ("passive", data["passive"])]
    tail += [("verdicts", ", ".join(f"{count} {word}" for word, count in data["verdicts"].items()))]
    tail += [("engine", ", ".join(data["versions"].values()))]
    return [*columns(rows), "", *columns(tail)]
