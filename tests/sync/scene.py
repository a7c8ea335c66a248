"""A server and four devices, made once and copied for each run: two kiosks and two desktops, over a bad network."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from core.accounts import logins
from core.errors import DomainError
from core.ids import new_id
from core.visits.commands import CloseOvertime
from core.wire.push import PushAnswer
from core.wire.signing import KeyPair, new_key_pair
from tests.factories.devices import Kiosk
from tests.factories.world import PASSWORD, World, make_world, run
from tests.fakes.clock import FakeClock
from tests.fakes.network import BadNetwork
from tests.fakes.transport import FakeServer, MemoryTransport
from tests.sync.stores import commits, missing

KIOSKS = (0, 1)
DESKTOPS = (2, 3)
DEVICES = (*KIOSKS, *DESKTOPS)
DRAIN_PASSES = 6
FACTS = ("visits.start", "visits.end", "feedback.submit")


@dataclass(frozen=True)
class Made:
    """What every run begins with: folder, agency, and each device's id, keys and login."""

    folder: Path
    world: World
    devices: list[tuple[str, KeyPair, str]]


def _folder(prefix: str) -> Path:
    return Path(tempfile.mkdtemp(prefix=prefix))


@cache
def template() -> Made:
    """An agency with two projects, and paired devices that have synced once; beside it a server that knows nobody."""
    folder = _folder("zhiye-sync-")
    FakeServer(folder / "empty.db", FakeClock()).close()
    server = FakeServer(folder / "server.db", FakeClock())
    world = make_world(server.bus, members=3)
    world.project()
    world.project()
    devices = []
    for number in DEVICES:
        device_id, keys = new_id(), new_key_pair()
        kind = "kiosk" if number in KIOSKS else "desktop"
        server.admit(world.agency, world.office, device_id, keys.public, kind)  # type: ignore[arg-type]
        login = logins.log_in(server.store, "manager1", PASSWORD, device_id).login_id
        device = Kiosk(folder / f"device{number}", device_id, keys, MemoryTransport(server, device_id))
        device.open()
        device.engine.round()
        device.kill()
        devices.append((device_id, keys, login))
    server.close()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Made(folder, world, devices)


@dataclass
class Promised:
    """What a disk was given: it must keep all of it until the server has it, and entries for ever."""

    entries: set[str] = field(default_factory=set)
    facts: set[str] = field(default_factory=set)
    """Those of the entries that a screen has to show."""
    photos: set[str] = field(default_factory=set)

    def copy(self) -> "Promised":
        """As a disk image has it."""
        return Promised(set(self.entries), set(self.facts), set(self.photos))


class Device(Kiosk):
    """One installation with its network, its login, and what its disk was promised."""

    network: BadNetwork
    login: str
    promised: Promised


class Scene:
    """One run: the machines, and what a law needs to know of what has happened to them."""

    def __init__(self, made: Made) -> None:
        self.world = made.world
        self.folder = _folder("zhiye-sync-run-")
        shutil.copytree(made.folder, self.folder, dirs_exist_ok=True)
        self.clock = FakeClock()
        self.server = FakeServer(self.folder / "server.db", self.clock, page=7)
        self.backups: list[Path] = [made.folder / "server.db"]
        self.images: dict[int, Promised] = {}
        self.poison: set[str] = set()
        self.written: set[str] = set()
        """Every entry that any device ever wrote, on a disk that is still there or not."""
        self.granted: list[str] = []
        """Projects that the office has given to the kiosks in this run."""
        self.unkept: list[str] = []
        """Answers that told of something that was not in the database."""
        self.disturbed: list[str] = []
        """What a foreign server has done to a device's data."""
        self.devices = [self._device(number, *one) for number, one in enumerate(made.devices)]

    def _device(self, number: int, device_id: str, keys: KeyPair, login: str) -> Device:
        network = BadNetwork(self.server, device_id)
        device = Device(self.folder / f"device{number}", device_id, keys, network, FakeClock())
        self.connect(device, network)
        device.login, device.promised = login, Promised()
        device.open()
        return device

    def connect(self, device: Device, network: BadNetwork) -> None:
        """Gives a device its way to the server."""
        network.hears = self._hear
        device.transport = device.network = network

    def _hear(self, answer: PushAnswer) -> None:
        """1: looks, as another process would, whether what is being told is there."""
        self.unkept += missing(self.server, answer)

    @property
    def kiosks(self) -> list[Device]:
        """Those that stand at sites."""
        return [self.devices[number] for number in KIOSKS]

    @property
    def desktops(self) -> list[Device]:
        """Those in the office."""
        return [self.devices[number] for number in DESKTOPS]

    def later(self, **time: int) -> None:
        """Time passes for all."""
        for clock in [self.clock, *(device.clock for device in self.devices)]:
            clock.advance(**time)

    def remember(self) -> None:
        """Notes what stands on the disks now: from now on it must stay there."""
        for device in self.devices:
            promised = device.promised
            new = set(device.journal.ids_after(0)) - promised.entries
            found = [one for entry_id in new if (one := device.journal.find(entry_id)) is not None]
            promised.facts |= {one.id for one in found if one.entry.command in FACTS} - self.poison
            promised.entries |= new
            promised.photos.update(device.outbox.waiting())
            self.written |= new

    def admitted(self) -> list[Device]:
        """Those devices that may still sync."""
        return [device for device in self.devices if self.is_admitted(device)]

    def is_admitted(self, device: Device) -> bool:
        """Whether the server still takes what the device says (D-1)."""
        try:
            self.server.device(device.device_id)
        except DomainError:
            return False
        return True

    def drain(self) -> None:
        """Over a good network everybody syncs until nothing changes any more."""
        self.later(minutes=1500)  # a photo that the server has lost is noticed within a day
        for device in self.devices:
            device.network.faults, device.network.watch = iter(()), lambda _what: None
            device.network.deliver()
        for _ in range(DRAIN_PASSES):
            run(self.server.bus, CloseOvertime())
            before = [device.journal.id for device in self.devices], commits(self.server)
            for device in self.devices:
                self.round(device)
            if before == ([device.journal.id for device in self.devices], commits(self.server)):
                return

    def round(self, device: Device) -> None:
        """A round, that may come to nothing."""
        try:
            device.engine.round()
        except DomainError:
            return

    def close(self) -> None:
        """Ends all programs."""
        for device in self.devices:
            device.kill()
        self.server.close()
        shutil.rmtree(self.folder)


@contextmanager
def fresh_scene() -> Iterator[Scene]:
    """A scene for one run."""
    scene = Scene(template())
    try:
        yield scene
    finally:
        scene.close()
