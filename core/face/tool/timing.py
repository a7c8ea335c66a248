"""``bench``: milliseconds of every stage, with one thread and with two."""

import importlib.util
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2

from core.clock import SystemClock
from core.errors import BadInput
from core.face.engine import FaceEngine
from core.face.follower import Follower
from core.face.opencv.runtime import THREADS
from core.face.tool.crew import Open
from core.face.tool.figures import spread
from core.face.tool.pictures import read_photo
from core.face.tool.report import DONE, Report, columns
from core.face.types import Image

FRAME = (1280, 720)
"""What a kiosk's camera gives."""
ROUNDS = 30


def bench(photo: Path | None, opened: Open, rounds: int = ROUNDS) -> Report:
    """Times every stage on a photo that is laid into a camera's frame."""
    clock = SystemClock()
    begun = clock.monotonic()
    engine = opened()
    loaded = (clock.monotonic() - begun) * 1000
    image = framed(read_photo(photo or sample()))
    threads: dict[str, dict[str, dict[str, float]]] = {}
    try:
        for count in (1, THREADS):
            cv2.setNumThreads(count)
            threads[str(count)] = {name: _times(step, rounds) for name, step in stages(engine, image).items()}
    finally:
        cv2.setNumThreads(THREADS)
    data: dict[str, Any] = {
        "command": "bench", "versions": engine.versions, "frame": list(FRAME), "rounds": rounds, "load_ms": loaded,
        "threads": threads,
    }  # fmt: skip
    rows = [("stage", *(f"{count} thread{'s' * (count != '1')}, ms (95 %)" for count in threads))]
    for name in threads["1"]:
        told = (found[name] for found in threads.values())
        rows.append((name, *(f"{one['p50']:.1f} ({one['p95']:.1f})" for one in told)))
    return Report(
        DONE, data, [*columns(rows), f"load {loaded:.0f} ms; engine {', '.join(engine.versions.values())}"]
    )


def sample() -> Path:
    """A photograph that an installed package carries."""
    spec = importlib.util.find_spec("skimage")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder, "data", "astronaut.png")
        if path.is_file():
            return path
    raise BadInput("face.no_sample", "没有可用于计时的示例照片。", "请在命令后给出一张有清晰人脸的照片。")


def framed(photo: Image) -> Image:
    """The photo as large as it fits into a camera's frame."""
    width, height = FRAME
    scale = min(width / photo.shape[1], height / photo.shape[0])
    size = max(1, round(photo.shape[1] * scale)), max(1, round(photo.shape[0] * scale))
    small = cv2.resize(photo, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    right, bottom = width - size[0] - left, height - size[1] - top
    return cv2.copyMakeBorder(small, top, bottom, left, right, cv2.BORDER_CONSTANT).astype(
        "uint8", copy=False
    )


def stages(engine: FaceEngine, image: Image) -> dict[str, Callable[[], object]]:
    """What a frame goes through, each part ready to be run again and again."""
    parts, observer = engine.observer.parts, engine.observer
    faces = parts.detector.detect(image)
    marks = parts.landmarks.find(image, faces[0]) if faces else None
    if marks is None:
        raise BadInput("face.no_face", "照片中没有找到人脸，无法计时。", "请换一张正面、清晰的照片。")
    face, found, motion = faces[0], marks, parts.motion()
    steps: dict[str, Callable[[], object]] = {
        "detect": lambda: parts.detector.detect(image),
        "landmarks": lambda: parts.landmarks.find(image, face),
        "quality": lambda: parts.quality.measure(image, face, found),
        "quality, portrait": lambda: parts.quality.measure(image, face, found, covering=True),
        "motion": lambda: motion.feed(image, next(count) / 30, face, found),
        "identify": lambda: parts.recogniser.vector(image, face, found),
    }
    passive = parts.passive
    if passive is not None:
        steps["passive"] = lambda: passive.score(image, face)
    follower, count = Follower(), itertools.count()
    steps["frame, searched"] = lambda: observer.observe(image, 0.0, identify=False, motion=motion)
    # Frames of 30 in a second, so that the whole picture is searched as often as in a check-in.
    steps["frame, followed"] = lambda: observer.observe(
        image, next(count) / 30, identify=False, motion=motion, follower=follower
    )
    steps["frame, identified"] = lambda: observer.observe(image, 0.0, identify=True, motion=motion)
    return steps


def _times(step: Callable[[], object], rounds: int) -> dict[str, float]:
    clock = SystemClock()
    step()  # the first time is another: memory is made
    times = []
    for _ in range(rounds):
        begun = clock.monotonic()
        step()
        times.append((clock.monotonic() - begun) * 1000)
    return spread(times)
