"""What befalls machines and the ways between them."""

import shutil
from collections.abc import Callable, Sequence
from typing import Any, Literal

from core.errors import DomainError
from core.journals.reception import receive
from core.wire.codec import encode_command
from core.wire.envelope import EntryActor
from core.wire.signing import KeyPair, new_key_pair
from tests.factories.devices import started
from tests.fakes.network import BadNetwork
from tests.fakes.transport import FakeServer, Killed
from tests.sync.scene import KIOSKS, Scene
from tests.sync.stores import cached


def sync(
    scene: Scene,
    c: int,
    faults: Sequence[Any] = (),
    *,
    killed_at: int | str | None = None,
    restored_at: int | str | None = None,
) -> None:
    """A round over a bad network; at a moment before or after a request the program is killed, or the server restored.

    A moment is a number, or what is asked: ``"push asked"``, ``"scopes done"``.
    """
    device = scene.devices[c]
    device.network.faults = iter(faults)
    device.network.watch = _watch(scene, killed_at, restored_at)
    try:
        device.engine.round()
    except DomainError:
        pass
    except Killed:
        device.restart()
    finally:
        device.network.faults, device.network.watch = iter(()), lambda _what: None


def _watch(scene: Scene, killed_at: int | str | None, restored_at: int | str | None) -> Callable[[str], None]:
    moments = iter(range(1000))
    restored = False

    def watch(what: str) -> None:
        nonlocal restored
        now = (next(moments), what)
        if restored_at in now and not restored:
            restored = True
            scene.server.restore(scene.backups[-1])
        if killed_at in now:
            raise Killed

    return watch


def deliver(scene: Scene, c: int) -> None:
    """What was late arrives after what was sent later."""
    scene.devices[c].network.deliver()


def replay(scene: Scene, n: int) -> None:
    """The network brings an old push once more."""
    device_id, request = scene.server.pushes[n % len(scene.server.pushes)]
    try:
        receive(scene.server.bus, scene.server.keys, scene.server.device(device_id), request)
    except DomainError:
        return


def exchange(scene: Scene, c: int, keys: Literal["same", "other"]) -> None:
    """For a while another server answers, an empty one: nothing of the device's may change."""
    device, signing = scene.devices[c], scene.server.signing if keys == "same" else new_key_pair()
    before = cached(device)
    other = _foreign(scene, signing)
    device.network.server = other
    sync(scene, c)
    device.network.server = scene.server
    other.close()
    if cached(device) != before:
        scene.disturbed.append(f"an empty server has changed what device {c} shows")


def _foreign(scene: Scene, signing: KeyPair) -> FakeServer:
    path = scene.folder / "foreign.db"
    shutil.copyfile(scene.folder / "empty.db", path)
    return FakeServer(path, scene.clock, signing=signing)


def back_up(scene: Scene) -> None:
    """The operator makes a backup; blobs in it are durable."""
    path = scene.folder / f"backup{len(scene.backups)}.db"
    scene.server.copy_to(path)
    scene.server.durable |= scene.server.blobs
    scene.backups.append(path)


def restore(scene: Scene, n: int = 0) -> None:
    """Back to a backup; the first is the server with no facts at all."""
    scene.server.restore(scene.backups[n % len(scene.backups)])


def take_image(scene: Scene, c: int) -> None:
    """A disk image of a device."""
    scene.devices[c].save(scene.folder / f"image{c}")
    scene.images[c] = scene.devices[c].promised.copy()


def image_back(scene: Scene, c: int, only: Literal["", "journal.db", "cache.db"] = "") -> None:
    """The image, or a file of it, comes back; what was written since was on a disk that is gone."""
    if c not in scene.images:
        return
    device, image = scene.devices[c], scene.images[c]
    if not only:
        device.load(scene.folder / f"image{c}")
        device.promised = image.copy()
        return
    device.kill()
    shutil.copyfile(scene.folder / f"image{c}" / only, device.folder / only)
    device.open()
    if only == "journal.db":
        device.promised.entries, device.promised.facts = set(image.entries), set(image.facts)


def clone(scene: Scene, c: int) -> None:
    """The other device of that kind becomes a copy of this one: two machines with one key and one journal."""
    other = 1 - c if c in KIOSKS else 5 - c
    source, target = scene.devices[c], scene.devices[other]
    source.save(scene.folder / "clone")
    target.kill()
    target.device_id, target.keys, target.login = source.device_id, source.keys, source.login
    scene.connect(target, BadNetwork(scene.server, source.device_id))
    shutil.rmtree(target.folder)
    shutil.copytree(scene.folder / "clone", target.folder)
    target.open()
    target.promised = source.promised.copy()
    scene.images.pop(other, None)


def upgrade(scene: Scene, c: int) -> None:
    """A program with other tables rebuilds its cache from what the server once sent."""
    device = scene.devices[c]
    device.also = () if device.also else ("message",)
    device.restart()


def reboot(scene: Scene, c: int) -> None:
    """A device is switched off and on."""
    device = scene.devices[c]
    device.kill()
    device.clock.reboot(0)
    device.open()


def move_wall(scene: Scene, c: int, hours: int) -> None:
    """Somebody plays with a device's clock."""
    scene.devices[c].clock.move_wall(hours * 3_600_000)


def kill_between(scene: Scene, c: int) -> None:
    """The program dies between journal and cache: the fact stands in the journal alone."""
    device, person = scene.devices[c], scene.world.members[0]
    command = started(scene.world.projects[0], person)
    device.journal.append("visits.start", 1, encode_command(command), EntryActor(kind="person", id=person))
    device.restart()
