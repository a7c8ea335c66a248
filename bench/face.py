"""The face engine: milliseconds by stage, recognition on public pairs, open-set search, load time and memory."""

import argparse
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bench import _recognition as recognition
from core.face.calibration import shipped
from core.face.engine import FaceEngine
from core.face.follower import Follower
from core.face.matching import Gallery
from core.face.types import Candidate, Image, Landmarks, Template

GOALS = {
    "lfw_accuracy": 0.995, "decision_ms": 60.0, "memory_mb": 250.0, "gallery_ms": 2.0,
    "fnir_at_fpir_1_percent": 0.03, "fnir_20_of_three_photos": 0.01,
}  # fmt: skip
PEOPLE = 10_000
ROUNDS = 40
_CHILD = """
import json, sys, time
begun = time.perf_counter()
from core.face.calibration import shipped
from core.face.engine import FaceEngine
imported = time.perf_counter()
engine = FaceEngine.shipped()
loaded = time.perf_counter()
import numpy as np
from core.face.images import pixels
image = pixels(open(sys.argv[1], "rb").read())
motion = engine.observer.parts.motion()
first = time.perf_counter()
for index in range(30):
    engine.observer.observe(image, index / 30, identify=True, motion=motion)
    if index == 0:
        first = time.perf_counter() - first
try:
    lines = open("/proc/self/status").read().splitlines()
    peak = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
except OSError:
    peak = None
print(json.dumps({"import_ms": (imported - begun) * 1000, "load_ms": (loaded - imported) * 1000,
                  "first_frame_ms": first * 1000, "memory_mb": peak}))
"""


def main(argv: list[str]) -> int:
    """``--data`` names a folder in the layout of the recordings; 0 if all the goals that were read hold."""
    options = _options(argv)
    if options.only == "liveness":
        return _liveness(options)
    engine = FaceEngine.shipped()
    image = photograph()
    figures = stages(engine, image)
    figures |= start(image)
    figures |= gallery()
    if options.data and not options.quick:
        figures |= recognition.measure(Path(options.data))
    else:
        print("no recognition figures: ZHIYE_TEST_DATA or --data names no folder of recordings")
    return _verdict(figures)


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench face")
    parser.add_argument("--data", default=os.environ.get("ZHIYE_TEST_DATA"))
    parser.add_argument("--quick", action="store_true", help="timings only")
    parser.add_argument(
        "--only", choices=["liveness"], help="attacks and compliant people: an hour on one core"
    )
    parser.add_argument("--trials", type=int, default=1000, help="random challenges for each clip")
    parser.add_argument("--people", type=int, default=250, help="photos that are held up as sheets")
    parser.add_argument(
        "--passive", type=Path, help="the operator's anti-spoof network, if not among the data"
    )
    parser.add_argument("--json", type=Path, help="where liveness figures are kept")
    return parser.parse_args(argv)


def _liveness(options: argparse.Namespace) -> int:
    if not options.data:
        raise SystemExit("liveness needs recordings: ZHIYE_TEST_DATA or --data names their folder")
    from bench import _liveness as liveness

    found = liveness.measure(Path(options.data), options.passive, options.trials, options.people)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
    missed = [name for name, rate in found["goals"].items() if rate["value"] > liveness.GOALS[name]]
    for name in found["goals"]:
        print(f"{'MISSED' if name in missed else 'holds'}: {name}, goal {liveness.GOALS[name]:.1%}")
    return 1 if missed else 0


def stages(engine: FaceEngine, image: Image) -> dict[str, float]:
    """Median milliseconds of every stage at 1280 × 720, the size that a kiosk's camera gives."""
    parts, observer = engine.observer.parts, engine.observer
    face = parts.detector.detect(image)[0]
    marks = parts.landmarks.find(image, face)
    if marks is None:
        raise SystemExit("the bench's own photograph shows no face")
    found: Landmarks = marks
    motion, follower, count = parts.motion(), Follower(), itertools.count()
    steps: dict[str, Callable[[], object]] = {
        "detect": lambda: parts.detector.detect(image),
        "landmarks": lambda: parts.landmarks.find(image, face),
        "quality": lambda: parts.quality.measure(image, face, found),
        "motion": lambda: motion.feed(image, next(count) / 30, face, found),
        "identify": lambda: parts.recogniser.vector(image, face, found),
        "followed": lambda: observer.observe(
            image, next(count) / 30, identify=False, motion=motion, follower=follower
        ),
        "decision": lambda: observer.observe(image, 0.0, identify=True, motion=motion),
    }
    figures = {}
    for name, step in steps.items():
        figures[f"{name}_ms"], best = _times(step)
        print(f"{name + '_ms':16} {figures[name + '_ms']:7.1f} (best {best:.1f})")
    return figures


def start(image: Image) -> dict[str, float]:
    """Import, load and peak memory of a process of its own."""
    import tempfile

    from core.face.images import encoded

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "face.jpg")
        path.write_bytes(encoded(image, 1280))
        out = subprocess.run(
            [sys.executable, "-c", _CHILD, str(path)], check=True, capture_output=True, text=True,
            cwd=Path(__file__).parents[1],
        )  # fmt: skip
    figures: dict[str, float] = {k: v for k, v in json.loads(out.stdout).items() if v is not None}
    for name, value in figures.items():
        print(f"{name:16} {value:7.1f}")
    return figures


def _times(step: Callable[[], object]) -> tuple[float, float]:
    """Median and best; they lie far apart where the machine has other work."""
    step()
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        step()
        times.append((time.perf_counter() - begun) * 1000)
    return float(np.median(times)), min(times)


def photograph() -> Image:
    """A face of some 250 px in a 1280 × 720 frame, from a photograph that an installed package carries."""
    import importlib.util

    import cv2

    spec = importlib.util.find_spec("skimage")
    folders: Sequence[str] = (spec.submodule_search_locations or []) if spec else []
    if not folders:
        raise SystemExit("the bench needs scikit-image's photograph: run.py setup installs it")
    photo = np.asarray(cv2.imread(str(Path(folders[0], "data", "astronaut.png"))), dtype=np.uint8)
    part = cv2.resize(photo[0:288, 0:512], (1280, 720), interpolation=cv2.INTER_CUBIC)
    return np.asarray(part, dtype=np.uint8)


def gallery() -> dict[str, float]:
    """Median milliseconds of one search among ten thousand people; what is drawn costs as much as what is real."""
    rows = np.random.default_rng(1).standard_normal((PEOPLE, 128)).astype("<f4")
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    model = "sface-2021dec-int8bq-mesh-mirror-1"
    people = [Candidate(str(n), (Template(model, row.tobytes()),)) for n, row in enumerate(rows)]
    searched = Gallery(people, shipped(model), 128)
    median, best = _times(lambda: searched.best(rows[0]))
    print(f"{'gallery_ms':16} {median:7.2f} (best {best:.2f}) among {PEOPLE:,}")
    return {"gallery_ms": median}


def _verdict(figures: dict[str, float]) -> int:
    missed = []
    for name, goal in GOALS.items():
        if name in figures:
            good = figures[name] >= goal if name.endswith("accuracy") else figures[name] <= goal
            print(f"{'holds' if good else 'MISSED'}: {name} {figures[name]:.4g}, goal {goal:g}")
            missed += [] if good else [name]
    return 1 if missed else 0
