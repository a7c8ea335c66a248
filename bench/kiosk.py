"""The kiosk's window: from the last needed frame to the painted result, and the memory of the whole process."""

import argparse
import contextlib
import os
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.clock import SystemClock

LIMIT_MS, LIMIT_MB = 300.0, 600.0


def pss_mb() -> float:
    """Proportional memory of this process and its children in MB (Linux; elsewhere the bench says that it can't)."""
    total = 0
    for pid in (os.getpid(), *_children(os.getpid())):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        # A thread may end, or a kernel may not tell, while it is asked.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for child in (task / "children").read_text(encoding="ascii").split():
                found += [int(child), *_children(int(child))]
    return found


class TimedCheckIns:
    """Notes when the frame was taken that decided a check-in; everything else is the kiosk's own."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.last = self.fed = self.answered = 0.0
        self._clock = SystemClock()

    def begin(self, request: Any) -> Any:
        """Begins a check-in of the kiosk."""
        check, feed = (begun := self._inner.begin(request)), begun.feed

        def noted(frame: Any) -> Any:
            self.last, self.fed = frame.t, self._clock.monotonic()
            answer = feed(frame)
            self.answered = self._clock.monotonic()
            return answer

        check.feed = noted
        return check


def main(argv: Sequence[str]) -> int:
    """Prints p50, p95 and most of the times, and the peak memory; fails when a limit is missed."""
    parser = argparse.ArgumentParser(prog="bench kiosk", description=__doc__)
    parser.add_argument("--looks", type=int, default=50)
    args = parser.parse_args(argv)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        times, peak = _measure(Path(folder), args.looks)
    p95 = statistics.quantiles(times, n=20)[-1]
    print(
        f"last needed frame to painted result: p50 {statistics.median(times):.0f} ms, p95 {p95:.0f} ms, "
        f"most {max(times):.0f} ms of {len(times)} (limit {LIMIT_MS:.0f})"
    )
    print(f"kiosk's peak memory with children: {peak:.0f} MB PSS (limit {LIMIT_MB:.0f})")
    return 0 if p95 <= LIMIT_MS and peak <= LIMIT_MB else 1


def _measure(folder: Path, looks: int) -> tuple[list[float], float]:
    # A prepared site and its server are what the end-to-end tests use, too.
    from tests.e2e.site import make_morning

    morning = make_morning(folder / "morning")
    from bench._kiosk_window import Looks

    return Looks(morning.folder / "kiosk", morning.options(), SystemClock()).run(looks)
