"""A device's process as a test uses it: started, killed, and every fact remembered that it said was accepted."""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from sync.keys import choose_source, load_or_make
from sync.pairing import Applicant, pair
from sync.web import HttpPairingDesk
from tests.e2e.client_child import PLAN, UP, Plan
from tests.e2e.processes import ROOT
from tests.factories.world import World


@dataclass
class ClientProcess:
    """``tests.e2e.client_child`` on a folder of its own."""

    folder: Path
    accepted: list[str] = field(default_factory=list)
    """The ids that it said, in all of its lives."""
    _process: "subprocess.Popen[str] | None" = None
    _up: threading.Event = field(default_factory=threading.Event)
    _listening: threading.Thread | None = None

    def pair(self, address: str, code: str, world: World) -> None:
        """Trades the code for admission, over HTTP."""
        self.folder.mkdir(parents=True)
        secrets = load_or_make(choose_source(self.folder, {}))
        me = Applicant("kiosk", self.folder.name, secrets.keys.public, "file")
        pair(self.folder, HttpPairingDesk(), address, code, me)
        plan = Plan(people=world.members, projects=world.projects)
        (self.folder / PLAN).write_bytes(msgspec.json.encode(plan))

    def start(self, seed: int, more: Mapping[str, str]) -> None:
        """Starts and does not wait."""
        self._up = threading.Event()
        with (self.folder / "client.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.client_child", str(self.folder), str(seed)],
                cwd=ROOT, env=os.environ | dict(more), stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        self._listening = threading.Thread(target=self._listen, args=(self._process, self._up), daemon=True)
        self._listening.start()

    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def wait_until_up(self, seconds: float) -> bool:
        """Whether it has opened its files, or died."""
        return self._up.wait(seconds)

    def kill(self) -> int:
        """Kills it hard, if it still lives; gives how it ended."""
        assert self._process is not None and self._listening is not None
        self._process.kill()
        code = self._process.wait()
        self._listening.join()
        return code

    def log(self) -> str:
        """What it told the operator."""
        return (self.folder / "client.log").read_text(encoding="utf-8", errors="replace")

    def _listen(self, process: "subprocess.Popen[str]", up: threading.Event) -> None:
        """Hears everything to the end, also what a killed process has left in the pipe."""
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                if line.strip() == UP:
                    up.set()
                elif line.endswith("\n"):
                    self.accepted.append(line.strip())
        up.set()
