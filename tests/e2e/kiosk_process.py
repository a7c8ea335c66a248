"""A kiosk in a process of its own, as a test uses it: press, type, wait for words, kill."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.e2e.processes import ROOT

PATIENCE_S = 40.0


class Died(Exception):
    """The process is gone, as a crash point or a kill wanted."""


class KioskProcess:
    """Starts ``tests.e2e.kiosk_child`` with the kiosk's own options."""

    def __init__(self, folder: Path, options: Sequence[str], more: Mapping[str, str] | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "kiosk.log"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.kiosk_child", "--folder", str(folder), *options],
                cwd=ROOT, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"} | dict(more or {}),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, encoding="utf-8",
            )  # fmt: skip

    def order(self, do: str, **more: Any) -> Any:
        """One order and its answer; ``Died`` when the process is gone."""
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"do": do} | more) + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise Died from error
        line = self._process.stdout.readline()
        if not line:
            raise Died
        return json.loads(line)["answer"]

    def see(self, *words: str, seconds: float = PATIENCE_S) -> str:
        """Waits until one of these words is on the screen; returns which."""
        end = time.monotonic() + seconds
        texts: list[str] = []
        while time.monotonic() < end:
            texts = self.order("texts")
            for word in words:
                if any(word in text for text in texts):
                    return word
            time.sleep(0.05)
        raise AssertionError(f"not seen: {words}; on screen: {texts}; log: {self.log.read_text()[-2000:]}")

    def press(self, name: str, seconds: float = PATIENCE_S) -> None:
        """Presses a widget as soon as it is there."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.order("press", name=name):
                return
            time.sleep(0.05)
        raise AssertionError(
            f"no {name} to press; there are: {self.order('names')}; texts: {self.order('texts')}"
        )

    def wait_dead(self, seconds: float = PATIENCE_S) -> int:
        """Waits until the process has ended by itself."""
        code = self._process.wait(seconds)
        self._drop_pipes()
        return code

    def kill(self) -> None:
        """Kills it hard."""
        self._process.kill()
        self._process.wait()
        self._drop_pipes()

    def close(self) -> None:
        """Ends it the ordinary way, or hard if it does not listen."""
        try:
            self.order("quit")
            self._process.wait(10)
        except (Died, subprocess.TimeoutExpired):
            self.kill()
        self._drop_pipes()

    def _drop_pipes(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
