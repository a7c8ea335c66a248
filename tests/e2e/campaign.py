"""Two devices and a server, all real processes, that a seed kills at random moments and at the named points."""

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from core.clock import SystemClock
from server.app import make_state
from server.settings import load
from server.state import State
from sync.device import Device
from tests.e2e.client_child import opened
from tests.e2e.client_process import ClientProcess
from tests.e2e.processes import ServerProcess

CLIENT_POINTS = (
    "before-journal", "journalled", "cached", "push-sent", "push-answered", "blob-sent", "pull-fetched",
    "pull-applied",
)  # fmt: skip
SERVER_POINTS = ("push-recorded", "push-committed")
KILLED = (-9, 137, 1)
"""How a process has ended that was killed; Windows gives one of the latter two."""
PATIENCE_S = 120.0
LONGEST_S = 1.5
"""How long a process lives at most, once it is up."""


@dataclass
class Campaign:
    """The processes, and what has befallen them."""

    server: ServerProcess
    clients: list[ClientProcess]
    chance: random.Random
    kills: int = 0
    at_points: int = 0
    armed: set[int] = field(default_factory=set)
    """Who will die at a named point, if he gets there."""

    def begin(self) -> None:
        """Starts everybody."""
        for number in range(len(self.clients)):
            self._start_client(number)
        self._start_server()

    def strike(self) -> None:
        """Kills one of them, most often when it is up, and starts it again at once."""
        number = self.chance.randrange(len(self.clients) + 1)
        if number == self._server:
            self._strike_server()
        else:
            self._strike_client(number)
        self.kills += 1

    @property
    def _server(self) -> int:
        """Its number, after those of the devices."""
        return len(self.clients)

    def end(self) -> None:
        """Nobody writes any more."""
        for client in self.clients:
            client.kill()
        self.server.kill()

    def _strike_server(self) -> None:
        if self.chance.random() < 0.85:
            self._wait(self._server_answers)
            self._pass_time(self._server, self.server.running)
        self.at_points += not self.server.running()
        self.server.kill()
        self._start_server()

    def _strike_client(self, number: int) -> None:
        client = self.clients[number]
        if self.chance.random() < 0.85:
            assert client.wait_until_up(PATIENCE_S), client.log()[-3000:]
            self._pass_time(number, client.running)
        self.at_points += not client.running()
        assert client.kill() in KILLED, client.log()[-3000:]
        self._start_client(number)

    def _pass_time(self, number: int, running: Callable[[], bool]) -> None:
        """A moment that nobody can foresee; who is to die at a point by himself is given time to get there."""
        end = time.monotonic() + LONGEST_S * (2 if number in self.armed else self.chance.random())
        while running() and time.monotonic() < end:
            time.sleep(0.01)

    def _start_server(self) -> None:
        self.server.launch(self._point(self._server, SERVER_POINTS))

    def _start_client(self, number: int) -> None:
        self.clients[number].start(self.chance.randrange(2**32), self._point(number, CLIENT_POINTS))

    def _point(self, number: int, points: tuple[str, ...]) -> dict[str, str]:
        """A third of all lives end at a named point, if they get there."""
        self.armed.discard(number)
        if self.chance.random() > 1 / 3:
            return {}
        self.armed.add(number)
        return {"ZHIYE_CRASH_POINTS": "1", "ZHIYE_CRASH_AT": self.chance.choice(points)}

    def _server_answers(self) -> bool:
        return not self.server.running() or self.server.answers()

    def _wait(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not done():
            assert time.monotonic() < end, "the server did not come up"
            time.sleep(0.05)


def make_campaign(folder: Path, database: str, chance: random.Random, devices: int = 2) -> Campaign:
    """A server with some projects, and its paired devices."""
    server = ServerProcess(folder / "server", database=database)
    server.folder.mkdir(parents=True)
    world = server.seed(members=6, projects=6)
    clients = [ClientProcess(folder / f"device{number}") for number in range(devices)]
    codes = [server.pairing_code(world) for _ in clients]
    server.start()
    try:
        for client, code in zip(clients, codes, strict=True):
            client.pair(server.address, code, world)
            with open_device(client.folder) as device:
                sync(device)
    finally:
        server.kill()
    return Campaign(server, clients, chance)


@contextlib.contextmanager
def open_device(folder: Path) -> Iterator[Device]:
    """The device's files, opened here."""
    device, _pairing = opened(folder)
    try:
        yield device
    finally:
        device.close()


@contextlib.contextmanager
def open_state(server: ServerProcess) -> Iterator[State]:
    """The server's database, opened here."""
    state = make_state(load(server.environment), SystemClock())
    try:
        yield state
    finally:
        state.store.close()


def sync(device: Device) -> None:
    """One whole round on this thread."""
    device.worker._open_rounds().round()
