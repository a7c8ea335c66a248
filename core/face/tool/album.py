"""Many photos at once: each process has an engine of its own, and OpenCV one thread in each."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

import cv2

from core.errors import DomainError
from core.face.calibration import Calibration
from core.face.engine import FaceEngine
from core.face.tool.looking import Look, look_at
from core.face.tool.progress import Progress
from core.face.tool.report import Bad
from core.face.types import Vector

Open = Callable[[], FaceEngine]
"""Opens an engine in whichever process; has to be picklable, so no lambda."""
_TOGETHER = 4
_FEW = 8
"""So few photos are done sooner than a second engine is loaded."""


@dataclass(slots=True)
class Album:
    """Photos that were looked at, each once; those that were not reached are missing."""

    looks: dict[str, Look] = field(default_factory=dict)
    engine: FaceEngine | None = None
    interrupted: bool = False

    @property
    def versions(self) -> dict[str, str]:
        """The models that looked."""
        return self.engine.versions if self.engine else {}

    def calibration(self) -> Calibration:
        """Their thresholds; broken off before the engine was open, there is nothing to judge."""
        if self.engine is None:
            raise KeyboardInterrupt
        return self.engine.calibration

    def vector(self, file: str) -> Vector | None:
        """The identity in a photo that was looked at."""
        return self.looks[file].vector

    def bad(self) -> list[Bad]:
        """Files that are no photos, and photos that show no face."""
        return [Bad(one.file, one.code, one.sentence) for one in self.looks.values() if one.code]

    def times(self) -> list[float]:
        """Milliseconds for each photo with a face."""
        return [one.ms for one in self.looks.values() if one.vector is not None]


def look(opened: Open, root: Path, files: Iterable[str], jobs: int | None = None) -> Album:
    """Looks at each file once, in as many processes; Ctrl-C ends it with what is known so far."""
    names = list(dict.fromkeys(files))
    count = 1 if len(names) <= _FEW else max(1, min(jobs or os.cpu_count() or 1, len(names)))
    album = Album()
    with Progress(len(names), "photos") as progress:
        try:
            # Opened here in any case: trouble with a model is told once, and versions are asked of it.
            album.engine = opened()
            for one in _looks(album.engine, opened, root, names, count):
                album.looks[one.file] = one
                progress.step()
        except KeyboardInterrupt:
            album.interrupted = True
    return album


def _looks(engine: FaceEngine, opened: Open, root: Path, names: list[str], jobs: int) -> Iterator[Look]:
    if jobs == 1:
        yield from (look_at(engine, name, root) for name in names)
        return
    # Started anew, not forked: OpenCV's threads don't survive a fork, and Windows knows nothing else.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, context, _begin, (opened, str(root)))
    try:
        yield from pool.map(_look, names, chunksize=_TOGETHER)
    except BrokenProcessPool:
        raise DomainError(
            "face.worker", "测量进程意外退出，结果不完整。", "请检查内存是否足够，或用 --jobs 1 重试。"
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_ENGINE: FaceEngine | None = None
_ROOT = Path()


def _begin(opened: Open, root: str) -> None:
    global _ENGINE, _ROOT
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    _ENGINE, _ROOT = opened(), Path(root)
    cv2.setNumThreads(1)


def _look(file: str) -> Look:
    assert _ENGINE is not None  # noqa: S101 - the pool runs _begin first
    return look_at(_ENGINE, file, _ROOT)
