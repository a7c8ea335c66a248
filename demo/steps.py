"""The steps of a run: each printed with its time as it ends, all of them written down, whatever happens."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import requests
from playwright.sync_api import Error as BrowserError

from core.errors import DomainError
from demo.hand import Unseen
from demo.office import Missing

SUMMARY = "summary.json"


_TROUBLE = (
    Unseen, Missing, DomainError, BrowserError, requests.RequestException,
    AssertionError, LookupError, OSError, RuntimeError, ValueError,
)  # fmt: skip
"""What a step may end with; everything else is a fault of the demo itself and is shown as such."""


class Stopped(Exception):
    """A step went wrong, so what builds upon it is not tried."""


@dataclass
class Step:
    """One step as the summary has it."""

    name: str
    ok: bool
    seconds: float


class Steps:
    """Collects steps and pictures in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._done: list[Step] = []
        folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """One step; an error in it is printed as a sentence and ends the journey it belongs to."""
        begun = time.monotonic()
        step = Step(name, ok=False, seconds=0.0)
        self._done.append(step)
        try:
            yield
            step.ok = True
        except _TROUBLE as error:
            raise Stopped(f"{name}：{error}") from error
        finally:
            step.seconds = round(time.monotonic() - begun, 2)
            print(f"{'✓' if step.ok else '✗'} {step.seconds:6.1f} 秒  {name}", flush=True)

    def picture(self, name: str) -> Path:
        """Where the picture of this name goes, numbered in the order of taking."""
        number = len(list(self.folder.glob("*.png"))) + 1
        return self.folder / f"{number:02d}-{name}.png"

    @property
    def ok(self) -> bool:
        """Whether all of them went well."""
        return bool(self._done) and all(step.ok for step in self._done)

    def write(self) -> bool:
        """Writes the summary; says whether all is true."""
        told = {"ok": self.ok, "steps": [asdict(step) for step in self._done]}
        file = self.folder / SUMMARY
        file.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
        return self.ok
