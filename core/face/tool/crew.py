"""Work shared among processes: each has an engine of its own, and OpenCV one thread in each."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

import cv2

from core.errors import DomainError
from core.face.engine import FaceEngine

Open = Callable[[], FaceEngine]
"""Opens an engine in whichever process; has to be picklable, so no lambda."""
Item = TypeVar("Item")
Result = TypeVar("Result")
Task = Callable[[FaceEngine, Item], Result]
"""What is done with each item; picklable, too."""


def hands(items: int, jobs: int | None, few: int = 1) -> int:
    """How many processes are worth while: ``few`` items are done sooner than a second engine is loaded."""
    return 1 if items <= few else max(1, min(jobs or os.cpu_count() or 1, items))


def each(
    engine: FaceEngine,
    opened: Open,
    task: Task[Item, Result],
    items: Sequence[Item],
    jobs: int,
    chunk: int = 1,
) -> Iterator[Result]:
    """Results in the order of the items; with one process here and now, by the engine that is open already."""
    if jobs == 1:
        yield from (task(engine, item) for item in items)
        return
    others = multiprocessing.active_children()
    # Started anew, not forked: OpenCV's threads don't survive a fork, and Windows knows nothing else.
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _begin, (opened, task))
    done = False
    try:
        yield from pool.map(_do, items, chunksize=chunk)
        done = True
    except BrokenProcessPool:
        raise DomainError(
            "face.worker", "测量进程意外退出，结果不完整。", "请检查内存是否足够，或用 --jobs 1 重试。"
        ) from None
    finally:
        pool.shutdown() if done else _dismiss(pool, others)


def _dismiss(pool: ProcessPoolExecutor, others: Sequence[BaseProcess]) -> None:
    """Ends the processes at once: asked to end by themselves they may wait for one another for ever after Ctrl-C."""
    pool.shutdown(wait=False, cancel_futures=True)
    for child in multiprocessing.active_children():
        if child not in others:
            child.terminate()


_ENGINE: FaceEngine | None = None
_TASK: Task[Any, Any] | None = None


def _begin(opened: Open, task: Task[Any, Any]) -> None:
    global _ENGINE, _TASK
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    _ENGINE, _TASK = opened(), task
    cv2.setNumThreads(1)


def _do(item: Any) -> Any:
    assert _ENGINE is not None and _TASK is not None  # noqa: S101 - the pool runs _begin first
    return _TASK(_ENGINE, item)
