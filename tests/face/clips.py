"""Recorded clips as observations: each is looked at once, then judged as often as a test likes."""

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from core.face.calibration import shipped
from core.face.challenge import Challenge, ChallengeJudge, JudgeState, Phase
from core.face.engine import FaceEngine
from core.face.follower import Follower
from core.face.gestures import BlinkDetector, Gesture, Seen, TurnDetector
from core.face.types import Image, Observation

LIST = Path(__file__).parents[1] / "data" / "gestures.toml"
_SAMPLE_S = 0.2
SAME = shipped("sface-2021dec-int8bq-mesh-mirror-1").same


@dataclass(frozen=True)
class Span:
    """A gesture that somebody saw."""

    gesture: Gesture
    begin: float
    end: float


@dataclass(frozen=True)
class Clip:
    """One entry of the hand-made list."""

    path: str
    spans: tuple[Span, ...] = ()
    quiet: tuple[tuple[float, float], ...] = ()
    turns: bool = True
    performs: tuple[Gesture, ...] = ()
    first: float = 0.0
    last: float = float("inf")
    stride: int = 1


@dataclass(frozen=True)
class Watched:
    """What the engine saw of a clip."""

    seen: list[Observation]
    step_s: float
    starts: list[int] = field(default_factory=list)


def listed() -> list[Clip]:
    """The hand-made list."""
    return [_clip(entry) for entry in tomllib.loads(LIST.read_text(encoding="utf-8"))["clip"]]


def _clip(entry: dict[str, object]) -> Clip:
    spans = tuple(
        Span(Gesture(one["gesture"]), one["from"], one["to"])
        for one in entry.pop("gestures", [])  # type: ignore[attr-defined]
    )
    quiet = tuple((begin, end) for begin, end in entry.pop("quiet", []))  # type: ignore[attr-defined]
    performs = tuple(Gesture(one) for one in entry.pop("performs", []))  # type: ignore[attr-defined]
    return Clip(spans=spans, quiet=quiet, performs=performs, **entry)  # type: ignore[arg-type]


def frames(path: Path, clip: Clip) -> Iterator[tuple[float, Image]]:
    """The clip's pictures with their times."""
    capture = cv2.VideoCapture(str(path))
    fps, index = capture.get(cv2.CAP_PROP_FPS), -1
    try:
        while capture.grab():
            index += 1
            t = index / fps
            if t > clip.last:
                return
            if t < clip.first or index % clip.stride:
                continue
            yield t, np.asarray(capture.retrieve()[1], dtype=np.uint8)
    finally:
        capture.release()


def watch(engine: FaceEngine, path: Path, clip: Clip) -> Watched:
    """Looks at every picture, at the identity as often as a check-in does."""
    motion, sampled, seen = engine.observer.parts.motion(), float("-inf"), list[Observation]()
    follower = Follower()
    for t, image in frames(path, clip):
        identify = t - sampled >= _SAMPLE_S
        sampled = t if identify else sampled
        seen.append(engine.observer.observe(image, t, identify=identify, motion=motion, follower=follower))
    step = (seen[-1].t - seen[0].t) / (len(seen) - 1)
    starts = [
        index
        for index, one in enumerate(seen)
        if one.vector is not None and one.landmarks is not None and abs(one.landmarks.pose.yaw) < 12
    ]
    return Watched(seen, step, starts)


def gestures(watched: Watched) -> list[Seen]:
    """Every gesture that the detectors find, one after another."""
    turns, blinks, found = TurnDetector(), BlinkDetector(), []
    for one in watched.seen:
        if one.landmarks is None:
            continue
        yaw = one.landmarks.pose.yaw
        found += [turns.feed(one.t, yaw), blinks.feed(one.t, one.landmarks.openness, yaw)]
    return [one for one in found if one is not None]


def looped(watched: Watched, challenge: Challenge, chance: random.Random) -> JudgeState:
    """Shows the clip again and again, from a drawn moment on, to a judge who knows its person."""
    start, count = chance.choice(watched.starts), len(watched.seen)
    reference = watched.seen[start].vector
    assert reference is not None
    judge = ChallengeJudge(challenge, reference, SAME)
    for index in range(100_000):
        one = watched.seen[(start + index) % count]
        state = judge.feed(replace(one, t=index * watched.step_s))
        if state.phase in (Phase.DONE, Phase.FAILED):
            return state
    raise AssertionError("the judge came to no end")
