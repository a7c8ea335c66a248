"""Starts the demo: three programs to play with, or with ``--headless --out DIR`` the journeys by themselves."""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from core.face.engine import FaceEngine
from demo import onsite, people, play, refusals
from demo.programs import Programs
from demo.steps import SUMMARY, Steps, Stopped

Play = Callable[[Steps, Programs, Path, FaceEngine], None]
JOURNEYS: dict[str, Play] = {"j1": onsite.play, "j2": refusals.play}
TITLES = {"j1": "J1 现场执业（断网）", "j2": "J2 不是本人"}


def main(argv: Sequence[str]) -> int:
    """Reads the command line; 0 only if all that was played is true."""
    parser = argparse.ArgumentParser(prog="python3 run.py demo", description=__doc__, allow_abbrev=False)
    parser.add_argument("--headless", action="store_true", help="play the journeys without anybody")
    parser.add_argument("--out", type=Path, help="folder for pictures and summary.json (with --headless)")
    parser.add_argument("--photographs", action="store_true", help="don't look for a webcam")
    told = parser.parse_args(argv)
    # A demo that is ended from outside ends its children too.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))
    if told.headless:
        return headless(told.out or Path("out") / "demo")
    return play.play(look=not told.photographs)


def headless(out: Path) -> int:
    """Plays all journeys one after the other; a journey that fails does not keep the next from being played."""
    begun = time.monotonic()
    print(people.SAID, flush=True)
    _clear(out)
    steps, engine = Steps(out), FaceEngine.shipped()
    try:
        with tempfile.TemporaryDirectory(prefix="zhiye-demo-", ignore_cleanup_errors=True) as folder:
            for name, journey in JOURNEYS.items():
                print(f"\n{TITLES[name]}", flush=True)
                play_one(journey, steps, Path(folder) / name, engine, out / "logs")
    finally:
        good = steps.write()
    seconds = time.monotonic() - begun
    print(
        f"\n{'全部通过' if good else '没有全部通过'}，{seconds:.0f} 秒；截图和 summary.json 在 {out}",
        flush=True,
    )
    return 0 if good else 1


def _clear(out: Path) -> None:
    """Takes away what an earlier run left, and nothing else that may lie there."""
    logs = (out / "logs").glob("j?-*.log")
    for old in (*out.glob("[0-9][0-9]-*.png"), *logs, out / SUMMARY):
        old.unlink(missing_ok=True)


def play_one(journey: Play, steps: Steps, folder: Path, engine: FaceEngine, logs: Path) -> None:
    """One journey; whatever it has started is ended with it."""
    try:
        with Programs(logs) as programs:
            journey(steps, programs, folder, engine)
    except Stopped as stopped:
        print(f"  {stopped}", flush=True)


if __name__ == "__main__":
    os.environ.pop("LD_LIBRARY_PATH", None)
    sys.exit(main(sys.argv[1:]))
