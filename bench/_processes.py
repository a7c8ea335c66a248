"""Processes that a bench measures from outside: started on a free port, with their CPU time and memory."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import requests

ROOT = Path(__file__).parents[1]
START_S = 60.0


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Measured:
    """A running program that answers on ``/api/v1/health``."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def cpu_s(self) -> float:
        """CPU seconds used until now, with its children."""
        family = psutil.Process(self.process.pid)
        times = [one.cpu_times() for one in (family, *family.children(recursive=True))]
        return sum(float(one.user) + float(one.system) for one in times)

    def memory_mb(self) -> float:
        """Its memory now, with its children."""
        family = psutil.Process(self.process.pid)
        return sum(float(one.memory_info().rss) for one in (family, *family.children(recursive=True))) / 2**20

    def stop(self) -> None:
        """Ends it as an operator would."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(command: Sequence[str], environment: Mapping[str, str], port: int, log: Path) -> Measured:
    """``python -m COMMAND``, once it answers."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=os.environ | dict(environment),
            stdout=out,
            stderr=out,
        )
    running = Measured(process, port)
    until = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < until:
        try:
            requests.get(f"{running.address}/api/v1/health", timeout=2)
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return running
    running.stop()
    raise RuntimeError(log.read_text(encoding="utf-8", errors="replace")[-3000:])
