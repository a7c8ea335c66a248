"""Real processes for end-to-end tests: a server on a free port with a small agency, started and killed at will."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import requests

from core.clock import SystemClock
from core.devices.codes import code_hash
from core.devices.commands import MakePairingCode
from core.devices.models import ServerProperty
from server.app import make_state
from server.settings import load
from tests.factories.world import World, make_world, run

ROOT = Path(__file__).parents[2]
START_S = 90.0


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class ServerProcess:
    """``python -m server serve`` on a folder; may be killed hard and started again on the same port."""

    folder: Path
    port: int = field(default_factory=free_port)
    database: str = ""
    """Its URL; empty means a file in the folder."""
    _process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """Its settings."""
        return {
            "ZHIYE_DATA_FOLDER": str(self.folder), "ZHIYE_PORT": str(self.port), "ZHIYE_HOST": "127.0.0.1",
            "ZHIYE_PUBLIC_URL": self.address, "ZHIYE_DATABASE_URL": self.database,
        }  # fmt: skip

    def seed(self, *, demo: bool = False, members: int = 2, projects: int = 1) -> World:
        """Makes database and keys, and an agency with submitted projects, each with a confirmed contact."""
        state = make_state(load(self.environment), SystemClock())
        try:
            if demo:
                with state.store.writing() as db:
                    db.add(ServerProperty(name="demo", value="yes"))
            world = make_world(state.bus, members=members)
            for _ in range(projects):
                world.project()
            return world
        finally:
            state.store.close()

    def pairing_code(self, world: World, kind: str = "kiosk") -> str:
        """Admits one device in advance."""
        state = make_state(load(self.environment), SystemClock())
        code = f"CODE{time.monotonic_ns()}"
        try:
            command = MakePairingCode(agency_id=world.agency, kind=kind, code_hash=code_hash(code))  # type: ignore[arg-type]
            run(state.bus, command, world.office)
        finally:
            state.store.close()
        return code

    def start(self, more: Mapping[str, str] | None = None) -> None:
        """Starts and waits until it answers."""
        self.launch(more)
        self.wait_until_up()

    def launch(self, more: Mapping[str, str] | None = None) -> None:
        """Starts and does not wait."""
        environment = os.environ | self.environment | dict(more or {})
        log = (self.folder / "server.log").open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "server", "serve"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        log.close()

    def wait_until_up(self) -> None:
        """Waits for the first answer."""
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            if self.answers():
                return
            time.sleep(0.1)
        self.kill()
        raise AssertionError(self.log()[-3000:])

    def answers(self) -> bool:
        """Whether it can be asked."""
        try:
            requests.get(f"{self.address}/api/v1/health", timeout=2)
        except requests.RequestException:
            return False
        return True

    def log(self) -> str:
        """What it told the operator."""
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")

    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """Kills it hard, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
