"""The hand-made list of recorded clips, and its clips as observations."""

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.face.calibration import shipped
from core.face.challenge import Challenge, JudgeState
from core.face.engine import FaceEngine
from core.face.gestures import Gesture
from core.face.tool import clips
from core.face.tool.clips import Watched, gestures
from core.face.types import Image

__all__ = ["Clip", "Span", "Watched", "frames", "gestures", "listed", "looped", "watch"]

LIST = Path(__file__).parents[1] / "data" / "gestures.toml"
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
    return clips.frames(path, clip.first, clip.last, clip.stride)


def watch(engine: FaceEngine, path: Path, clip: Clip) -> Watched:
    """Looks at every picture, at the identity as often as a check-in does."""
    return clips.watch(engine, frames(path, clip))


def looped(watched: Watched, challenge: Challenge, chance: random.Random) -> JudgeState:
    """Shows the clip again and again, from a drawn moment on, to a judge who knows its person."""
    return clips.looped(watched, challenge, chance, SAME).state
