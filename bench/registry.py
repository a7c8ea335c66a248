"""The register's mirror with 100,000 people: import of a file by the operator's command, look-up, memory."""

import argparse
import csv
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import psutil  # type: ignore[import-untyped]
from stdnum.cn import ric

from core.clock import SystemClock
from core.registry.mirror import MirrorRegistry
from server.app import make_state
from server.settings import Settings

PEOPLE, LOOKUPS = 100_000, 2_000
IMPORT_S, LOOKUP_MS, MEMORY_MB = 30.0, 5.0, 300.0
HEAD = ("姓名", "身份证号", "证书种类", "证书编号", "有效期至")
_LOOK_S = 0.05


def main(argv: list[str]) -> int:
    """Prints seconds and memory of each import, and milliseconds of a look-up; fails when a promise is missed."""
    parser = argparse.ArgumentParser(prog="bench registry", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    people = parser.parse_args(argv).people
    with tempfile.TemporaryDirectory() as folder:
        return 0 if _measure(Path(folder), people) else 1


def _measure(folder: Path, people: int) -> bool:
    environment = {**os.environ, "ZHIYE_DATA_FOLDER": str(folder / "data")}
    subprocess.run(
        [sys.executable, "-m", "server", "init"], env=environment, check=True, stdout=subprocess.DEVNULL
    )
    good = True
    for what, path in (
        ("XLSX, all new", _sheet(folder / "a.xlsx", _rows(people))),
        ("the same, nothing changes", folder / "a.xlsx"),
        ("CSV, complete, a tenth changed", _csv(folder / "b.csv", _rows(people, changed=10))),
    ):
        complete = ["--complete"] if path.suffix == ".csv" else []
        seconds, peak = _import(path, complete, environment)
        good = good and seconds <= IMPORT_S and peak <= MEMORY_MB
        print(
            f"import of {people:,} rows ({what}): {seconds:.1f} s (limit {IMPORT_S:.0f}), "
            f"memory at most {peak:.0f} MB (limit {MEMORY_MB:.0f})"
        )
    worst = _look_up(folder / "data", people)
    return good and worst <= LOOKUP_MS


def _number(n: int) -> str:
    days, serial = divmod(n, 1_000)
    stem = f"310101{1950 + days // 336}{days // 28 % 12 + 1:02d}{days % 28 + 1:02d}{serial:03d}"
    return stem + ric.calc_check_digit(stem + "0")


def _rows(people: int, changed: int = 0) -> Iterator[tuple[str, ...]]:
    for n in range(people):
        until = "2031-01-01" if changed and n % changed == 0 else "2027-05-31"
        yield f"人员{n}", _number(n), "消防设施操作员", f"C{n:08d}", until


def _csv(path: Path, rows: Iterator[tuple[str, ...]]) -> Path:
    with path.open("w", encoding="gb18030", newline="") as out:
        csv.writer(out).writerows([HEAD, *rows])
    return path


def _sheet(path: Path, rows: Iterator[tuple[str, ...]]) -> Path:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in (HEAD, *rows):
        sheet.append(row)
    book.save(path)
    return path


def _import(path: Path, complete: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds and peak memory in MB of the operator's command."""
    command = [sys.executable, "-m", "server", "registry-import", str(path), "--kind", "people", *complete]
    begun, peak = time.monotonic(), 0.0
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        family = psutil.Process(child.pid)
        while child.poll() is None:
            peak = max(peak, family.memory_info().rss / 2**20)
            time.sleep(_LOOK_S)
    if child.returncode:
        raise RuntimeError(f"the import failed with {child.returncode}")
    return time.monotonic() - begun, peak


def _look_up(data: Path, people: int) -> float:
    """The 99th percentile, by which the promise is kept; half of them of people who are not there."""
    state = make_state(Settings(data_folder=data), SystemClock())
    mirror, chosen, times = MirrorRegistry(state.store, state.vault), random.Random(1), []
    for _ in range(LOOKUPS):
        n = chosen.randrange(2 * people)
        begun = time.perf_counter()
        answer = mirror.person(_number(n), f"人员{n}")
        times.append((time.perf_counter() - begun) * 1000)
        if (answer.state == "known") != (n < people):
            raise RuntimeError("the mirror answers wrongly")
    state.store.close()
    p99 = statistics.quantiles(times, n=100)[98]
    print(f"look-up: p50 {statistics.median(times):.2f} ms, p99 {p99:.2f} ms (limit {LOOKUP_MS:.0f})")
    return p99
