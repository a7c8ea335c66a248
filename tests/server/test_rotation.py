"""A device changes its key: signed by both, told to the server whenever it has not heard of it, on real files."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from core.audit.queries import verify
from core.context import Actor
from core.devices.models import Device as DeviceRow
from core.errors import DomainError, NotAllowed, NotHere, Unreachable
from core.ids import new_id
from core.wire.sessions import Rotation, sign_rotation
from core.wire.signing import KeyPair, new_key_pair
from sync.device import Device, open_device
from sync.http import HttpTransport
from sync.keys import CredentialSource, DeviceSecrets, FileSource, load_or_make
from sync.rotation import rotate
from tests.factories.devices import started
from tests.factories.web import Paired, Web
from tests.server.test_markers import Scene, log_file, scene, sync
from tests.server.test_quarantine import visits

__all__ = ["log_file", "scene"]


@pytest.fixture
def closed(scene: Scene) -> FileSource:
    """A paired kiosk that has synced, wrote a start without a network, and was closed."""
    device, member = scene.device("kiosk"), scene.world.members[0]
    project = scene.world.project()
    sync(device)
    device.submitter.submit(started(project, member), Actor("person", member))
    device.close()
    return FileSource(scene.folder / "kiosk" / "device.key")


def reopened(scene: Scene, source: FileSource) -> Device:
    """The program starts again."""
    pairing = scene.devices[-1].pairing
    scene.devices[-1] = open_device(scene.folder / "kiosk", pairing, load_or_make(source), scene.web.clock)
    return scene.devices[-1]


def known_key(scene: Scene) -> str:
    """What the server has for the device."""
    with scene.web.state.store.reading() as db:
        return db.get_one(DeviceRow, scene.devices[-1].pairing.device_id).public_key


@pytest.mark.rule("D-1")
def test_a_rotated_device_goes_on_with_its_journal(scene: Scene, closed: FileSource) -> None:
    """Has its own key pair: another one takes its place, and what it had written counts."""
    old = load_or_make(closed).keys
    rotate(scene.folder / "kiosk", closed)
    fresh = load_or_make(closed)
    assert fresh.previous == old and known_key(scene) == fresh.keys.public.hex() != old.public.hex()
    device = reopened(scene, closed)
    journal = device.journals.here().journal.id
    sync(device)
    assert len(visits(scene.web)) == 1 and device.status.now.waiting == 0
    assert device.journals.here().journal.id == journal and device.journals.here().journal.broken() is None
    rotate(scene.folder / "kiosk", closed)
    with pytest.raises(NotAllowed):
        HttpTransport(device.pairing, fresh.keys.seed).scopes()
    with scene.web.state.store.reading() as db:
        assert verify(db) is None


@pytest.mark.rule("D-1")
def test_a_device_rotated_again_and_again_keeps_its_journal(scene: Scene, closed: FileSource) -> None:
    """Has its own key pair, however often another one takes its place: what was written before and after counts."""
    project, journals = scene.world.projects[0], set()
    for count, member in enumerate(scene.world.members[:3], 1):
        rotate(scene.folder / "kiosk", closed)
        device = reopened(scene, closed)
        if count > 1:
            device.submitter.submit(started(project, member), Actor("person", member))
        sync(device)
        assert len(visits(scene.web)) == count and device.status.now.waiting == 0
        journal = device.journals.here().journal
        journals.add(journal.id)
        assert journal.broken() is None
        device.close()
    assert len(journals) == 1, "not one history parted"


@pytest.mark.rule("D-1")
@pytest.mark.parametrize("heard", [True, False])
def test_a_server_that_has_not_heard_of_it_is_told_again(
    scene: Scene, closed: FileSource, heard: bool
) -> None:
    """A kill before the server was told, or a server that was restored to before: the next session does the rest."""
    known = load_or_make(closed)
    if heard:
        rotate(scene.folder / "kiosk", closed)
        with scene.web.state.store.writing() as db:
            db.execute(update(DeviceRow).values(public_key=known.keys.public.hex()))
    else:
        closed.store(DeviceSecrets(new_key_pair(), known.file_key, known.keys).packed())
    device = reopened(scene, closed)
    sync(device)
    assert known_key(scene) == load_or_make(closed).keys.public.hex()
    assert len(visits(scene.web)) == 1


def test_nothing_changes_without_the_server(scene: Scene, closed: FileSource, tmp_path: Path) -> None:
    before = closed.load()
    folder, pairing = scene.folder / "kiosk", scene.folder / "kiosk" / "pairing.json"
    whole = pairing.read_bytes()
    pairing.write_bytes(whole.replace(scene.address.encode(), b"http://127.0.0.1:9"))
    with pytest.raises(Unreachable):
        rotate(folder, closed)
    pairing.write_bytes(whole)
    office = scene.web.login("manager1")
    revoked = {"agency_id": scene.world.agency, "device_id": scene.devices[-1].pairing.device_id}
    assert scene.web.command(office, "devices.revoke", **revoked).status_code == 200
    with pytest.raises(NotAllowed):
        rotate(folder, closed)
    assert closed.load() == before
    with pytest.raises(NotHere):
        rotate(tmp_path / "new", FileSource(tmp_path / "new" / "device.key"))


def test_a_credential_is_changed_by_who_made_it(scene: Scene, closed: FileSource, tmp_path: Path) -> None:
    """The program reads it only; the administrator's new one names the old seed behind its own."""
    known, file = load_or_make(closed), tmp_path / "zhiye-device"
    file.write_bytes(known.packed())
    with pytest.raises(DomainError, match="key-read-only"):
        rotate(scene.folder / "kiosk", CredentialSource(file))
    file.write_bytes(DeviceSecrets(new_key_pair(), known.file_key, known.keys).packed())
    made = load_or_make(CredentialSource(file))
    HttpTransport(scene.devices[-1].pairing, made.keys.seed, previous=made.previous).scopes()
    assert known_key(scene) == made.keys.public.hex()


def asked(web: Web, device: str, old: KeyPair, new: KeyPair, nonce: str) -> dict[str, str]:
    """A request as a device makes it."""
    change = Rotation(device, old.public, new.public, nonce)
    server = web.state.keys.sign_public
    return {
        "id": new_id(), "device_id": device, "nonce": nonce, "old_public": old.public.hex(),
        "new_public": new.public.hex(), "signed_by_old": sign_rotation(old.seed, server, change),
        "signed_by_new": sign_rotation(new.seed, server, change),
    }  # fmt: skip


Spoil = Callable[[dict[str, str], KeyPair], dict[str, str]]
SPOILED: dict[str, Spoil] = {
    "by the new one alone": lambda body, new: body | {"signed_by_old": body["signed_by_new"]},
    "by the old one alone": lambda body, new: body | {"signed_by_new": body["signed_by_old"]},
    "another key": lambda body, new: body | {"new_public": new_key_pair().public.hex()},
    "another device": lambda body, new: body | {"device_id": new_id()},
    "no hex": lambda body, new: body | {"signed_by_old": "x"},
    "from nobody": lambda body, new: (
        body | {"old_public": new.public.hex(), "signed_by_old": body["signed_by_new"]}
    ),
}


@pytest.mark.rule("D-1")
@pytest.mark.parametrize("how", sorted(SPOILED))
def test_who_has_one_of_the_keys_changes_nothing(web: Web, kiosk: Paired, how: str) -> None:
    """Has its own key pair: the rotation is signed by both keys, over a nonce of this server."""
    new = new_key_pair()
    nonce = web.client.post("/api/v1/devices/nonce").json()["nonce"]
    good = asked(web, kiosk.id, kiosk.keys, new, nonce)
    bad = web.client.post("/api/v1/devices/rotate", json=SPOILED[how](good, new))
    assert (bad.status_code, bad.json()["code"]) == (403, "devices.session")
    assert web.client.post("/api/v1/devices/rotate", json=good).status_code == 204
    assert web.client.post("/api/v1/devices/rotate", json=good | {"id": new_id()}).status_code == 204
    other = asked(web, kiosk.id, kiosk.keys, new_key_pair(), nonce)
    assert web.client.post("/api/v1/devices/rotate", json=other).status_code == 403, (
        "the old one is worth nothing"
    )
    web.clock.advance(minutes=3)
    late = asked(web, kiosk.id, new, new_key_pair(), nonce)
    assert web.client.post("/api/v1/devices/rotate", json=late).status_code == 403
    assert web.session(kiosk.id, new)
