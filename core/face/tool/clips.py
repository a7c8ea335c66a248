"""Recorded clips as observations: each is looked at once, then judged as often as one likes."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import fmean

import cv2
import numpy as np

from core.errors import BadInput
from core.face import gate
from core.face.challenge import Challenge, ChallengeJudge, JudgeState, Phase
from core.face.checkin import PASSIVE_LEAST
from core.face.engine import FaceEngine
from core.face.follower import Follower
from core.face.gestures import BlinkDetector, Gesture, Seen, TurnDetector
from core.face.sampling import Sampler
from core.face.shipped import SHIPPED
from core.face.tool.pictures import SUFFIXES, read_photo
from core.face.types import Image, Observation, Vector

_DEFAULT_FPS = 25.0
_MOST_FPS = 240.0
_HELD = 50
"""Frames for which a photo is shown: two seconds, longer than a picture may stand still."""
AHEAD_YAW = 12.0
_LOW = 0.85
"""Part of a clip's usual openness of the eyes below which somebody might take them for shut."""
_OVER = (Phase.DONE, Phase.FAILED)


@dataclass(frozen=True)
class Watched:
    """What the engine saw of a clip, and the frames at which a check-in could begin."""

    seen: list[Observation]
    step_s: float
    starts: list[int] = field(default_factory=list)
    fault: str | None = None
    """What a kiosk would ask to be put right first, where no frame is good enough to begin."""


class PatientJudge(ChallengeJudge):
    """The shipped judge but for his time limits: nobody told who was recorded when to begin and when to look back."""

    def _until(self) -> float:
        return float("inf")


def frames(
    path: Path, first: float = 0.0, last: float = float("inf"), stride: int = 1
) -> Iterator[tuple[float, Image]]:
    """The clip's pictures with their times in seconds."""
    if path.suffix.lower() in SUFFIXES:
        yield from _held(read_photo(path), stride)
        return
    capture = cv2.VideoCapture(str(path))
    try:
        if not path.is_file() or not capture.isOpened():
            raise BadInput("face.clip", "视频无法打开。", "请检查文件是否存在、是否完整。")
        fps = capture.get(cv2.CAP_PROP_FPS)
        fps, index = fps if 0 < fps <= _MOST_FPS else _DEFAULT_FPS, -1
        while capture.grab():
            index += 1
            t = index / fps
            if t > last:
                return
            if t < first or index % stride:
                continue
            good, image = capture.retrieve()
            if good and image is not None:
                yield t, np.asarray(image, dtype=np.uint8)
    finally:
        capture.release()


def _held(picture: Image, stride: int) -> Iterator[tuple[float, Image]]:
    """A photo as somebody holds it before a camera that never shakes."""
    yield from ((index / _DEFAULT_FPS, picture) for index in range(0, _HELD, stride))


def watch(engine: FaceEngine, pictures: Iterable[tuple[float, Image]]) -> Watched:
    """Looks at every picture, at the identity as often as a check-in does."""
    motion, follower, sampler = engine.observer.parts.motion(), Follower(), Sampler(0)
    seen: list[Observation] = []
    faults: list[str | None] = []
    for t, image in pictures:
        seen.append(engine.observer.observe(image, t, sampler=sampler, motion=motion, follower=follower))
        faults.append(gate.live_fault(seen[-1], image.shape[1]))
    if not seen:
        raise BadInput("face.clip", "视频中没有画面。", "请检查文件是否完整。")
    seen = lids_known(seen)
    step = (seen[-1].t - seen[0].t) / (len(seen) - 1) if len(seen) > 1 else 1 / _DEFAULT_FPS
    facing = [index for index, one in enumerate(seen) if _faces(one)]
    good = [index for index in facing if faults[index] is None]
    usual = max(set(faults) - {None}, key=faults.count, default=None)
    return Watched(seen, step, good or facing, None if good else usual or "no_face")


def lids_known(seen: list[Observation]) -> list[Observation]:
    """With an identity on every frame whose lids are low: that of the nearest frame, in the clip's favour.

    A judge who begins elsewhere knows these eyes otherwise, and may ask for one where nobody was asked here.
    """
    known = [index for index, one in enumerate(seen) if one.vector is not None]
    open_ = sorted(one.landmarks.openness for one in seen if one.landmarks)
    if not known or not open_:
        return seen
    low = _LOW * open_[len(open_) // 2]
    return [
        replace(one, vector=seen[min(known, key=lambda k: abs(k - index))].vector)
        if one.vector is None and one.landmarks and one.landmarks.openness < low
        else one
        for index, one in enumerate(seen)
    ]


def _faces(one: Observation) -> bool:
    return one.vector is not None and one.landmarks is not None and abs(one.landmarks.pose.yaw) < AHEAD_YAW


def gestures(watched: Watched) -> list[Seen]:
    """Every gesture that the detectors find, one after another."""
    turns, blinks, found = TurnDetector(), BlinkDetector(), []
    for one in watched.seen:
        if one.landmarks is None:
            continue
        yaw = one.landmarks.pose.yaw
        found += [turns.feed(one.t, yaw), blinks.feed(one.t, one.landmarks.openness, yaw)]
    return [one for one in found if one is not None]


@dataclass(frozen=True)
class Try:
    """One judge's opinion of a clip, and the frames that he saw."""

    state: JudgeState
    start: int
    end: int
    seconds: float
    passive: float | None
    """What the passive network says of the good frames on average."""

    @property
    def fault(self) -> str | None:
        """The reason code of the refusal; None for who is alive."""
        if self.state.phase is not Phase.DONE:
            return self.state.fault or "slow"
        return "passive" if self.passive is not None and self.passive < PASSIVE_LEAST else None

    @property
    def alive(self) -> bool:
        """Done, and no picture."""
        return self.fault is None


def looped(watched: Watched, challenge: Challenge, chance: random.Random, same: float) -> Try:
    """Shows the clip again and again, from a drawn moment on, to a judge who knows its person."""
    start, count = chance.choice(watched.starts), len(watched.seen)
    judge = ChallengeJudge(challenge, _reference(watched, start), same)
    index = 0
    # Every phase has its time limit: a judge always comes to an end.
    while True:
        t = index * watched.step_s
        state = judge.feed(replace(watched.seen[(start + index) % count], t=t))
        if state.phase in _OVER:
            # A loop shows every frame as often as every other: the network's mean is that of the clip.
            return Try(state, start, start + index, t, passive_of(watched, 0, count))
        index += 1


def performed(watched: Watched, start: int, judge: ChallengeJudge) -> Try:
    """Shows the clip once from this moment to its end, as if the challenge had been asked for there."""
    state, end = judge.feed(watched.seen[start]), start
    for end in range(start + 1, len(watched.seen)):
        if state.phase in _OVER:
            break
        state = judge.feed(watched.seen[end])
    seconds = watched.seen[end].t - watched.seen[start].t
    return Try(state, start, end, seconds, passive_of(watched, start, end))


def passive_of(watched: Watched, start: int, end: int) -> float | None:
    """What the passive network says of the good ones of these frames on average; None where none is installed."""
    said = (watched.seen[index].passive for index in watched.starts if start <= index <= end)
    known = [one for one in said if one is not None]
    return fmean(known) if known else None


def best_try(
    watched: Watched, steps: tuple[Gesture, ...], same: float, judge: type[ChallengeJudge] = PatientJudge
) -> Try:
    """The try that comes farthest, of all moments to begin at and three paces of asking."""
    low, high = SHIPPED.pauses_s
    best: Try | None = None
    for pause in (low, (low + high) / 2, high):
        challenge, later = Challenge(steps, (pause,) * len(steps)), 0
        for start in watched.starts:
            if start < later:
                continue
            found = performed(watched, start, judge(challenge, _reference(watched, start), same))
            best = found if best is None else max(best, found, key=_far)
            if best.alive:
                return best
            later = _later(watched, found)
    assert best is not None  # noqa: S101 - callers see to it that there is a moment to begin at
    return best


def _later(watched: Watched, found: Try) -> int:
    """From which moment on a try could end differently: before, it would see the same and end the same."""
    if found.state.fault not in (None, "wrong", "flat"):
        return found.start + 1
    if not found.state.answers:
        return found.end + 1
    began = found.state.answers[0].began
    return next((i for i in range(found.start + 1, found.end) if watched.seen[i].t > began), found.end)


def _far(found: Try) -> tuple[bool, bool, int, float]:
    return found.alive, found.state.phase is Phase.DONE, len(found.state.answers), found.seconds


def _reference(watched: Watched, start: int) -> Vector:
    vector = watched.seen[start].vector
    assert vector is not None  # noqa: S101 - only frames with an identity are moments to begin at
    return vector
