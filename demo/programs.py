"""The programs of the demo as real processes: started with clean settings, and ended on every way out."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
_END_S = 8.0
_UP_S = 40.0


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a child inherits: all but the library path that OpenCV leaves behind and a server's settings."""
    kept = {"ZHIYE_CRASH_POINTS", "ZHIYE_CRASH_AT", "ZHIYE_CHROMIUM"}
    own = {
        name: value
        for name, value in os.environ.items()
        if name != "LD_LIBRARY_PATH" and (not name.startswith("ZHIYE_") or name in kept)
    }
    return own | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"} | dict(more or {})


class Programs:
    """Every child that was started; leaving the block ends them all, the newest first."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: list[subprocess.Popen[bytes]] = []
        logs.mkdir(parents=True, exist_ok=True)

    def start(
        self,
        name: str,
        arguments: Sequence[str],
        more: Mapping[str, str] | None = None,
        *,
        piped: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Starts ``python -m ARGUMENTS``; its errors, and unless piped its output, go to ``NAME.log``."""
        with (self._logs / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments], cwd=ROOT, env=environment(more), stderr=log,
                stdin=subprocess.PIPE if piped else subprocess.DEVNULL, stdout=subprocess.PIPE if piped else log,
            )  # fmt: skip
        self._running.append(process)
        return process

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """Asks a child to end, and ends it if it does not."""
        if process in self._running:
            self._running.remove(process)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __enter__(self) -> "Programs":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in reversed(self._running):
            if process.poll() is None:
                process.terminate()
        for process in list(reversed(self._running)):
            self.end(process)


class Server:
    """``python -m server serve`` on a folder of its own; may be stopped and started again at the same address."""

    def __init__(self, programs: Programs, folder: Path, name: str = "server") -> None:
        self._programs, self._name = programs, name
        self.folder, self.port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        """Its settings, for itself and for who seeds its database."""
        return {
            "ZHIYE_DATA_FOLDER": str(self.folder), "ZHIYE_HOST": "127.0.0.1", "ZHIYE_PORT": str(self.port),
            "ZHIYE_PUBLIC_URL": self.address,
        }  # fmt: skip

    def start(self) -> dict[str, Any]:
        """Starts, waits until it answers, and gives what it says of itself."""
        process = self._process = self._programs.start(self._name, ("server", "serve"), self.settings)
        end = time.monotonic() + _UP_S
        while time.monotonic() < end and process.poll() is None:
            try:
                with urlopen(f"{self.address}/api/v1/health", timeout=2) as answer:  # noqa: S310
                    found: dict[str, Any] = json.load(answer)
                    return found
            except (URLError, OSError):
                time.sleep(0.1)
        raise RuntimeError(f"服务器没有启动，请查看日志 {self._name}.log")

    def stop(self) -> None:
        """Stops: from now on nobody reaches it."""
        if self._process is not None:
            self._programs.end(self._process)
            self._process = None
