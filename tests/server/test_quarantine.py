"""A revoked device's last way: its journal comes into quarantine, a manager decides, its files go — real servers, real
files, HTTP between them.
"""

import json
import time
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from sqlalchemy import select

from core.audit.models import AuditEntry
from core.audit.queries import verify
from core.context import Actor
from core.errors import DomainError, NotAllowed, NotHere, Refused
from core.journals.models import JournalEntry, QuarantineDecision
from core.projects.models import ProjectFace
from core.visits.models import VisitRow
from core.wire.sealing import seal_blob
from sync import leaving
from sync.cache.answers import verdicts
from sync.device import Device, open_device
from sync.journal.file import File
from sync.journal.models import Stored
from sync.keys import FileSource, load_or_make
from tests.factories.devices import started
from tests.factories.web import Web, ended
from tests.factories.world import make_world
from tests.server.test_markers import Scene, log_file, scene, sync

__all__ = ["log_file", "scene"]
PHOTO = seal_blob(b"a photo")


def office(scene: Scene) -> dict[str, str]:
    """The manager's login."""
    return scene.web.login("manager1")


def revoke(scene: Scene, kiosk: Device) -> None:
    """The manager ends the device's admission."""
    body = {"agency_id": scene.world.agency, "device_id": kiosk.pairing.device_id}
    assert scene.web.command(office(scene), "devices.revoke", **body).status_code == 200


def end_of(device: Device) -> DomainError:
    """One round of a revoked device: it is told so, whatever it could bring before."""
    with pytest.raises(NotAllowed) as told:
        sync(device)
    assert told.value.code == "devices.revoked"
    return told.value


def waiting(scene: Scene) -> list[dict[str, object]]:
    """What the manager sees."""
    url = f"/api/v1/agencies/{scene.world.agency}/quarantine"
    answer = scene.web.client.get(url, headers=office(scene))
    assert answer.status_code == 200, answer.text
    found: list[dict[str, object]] = answer.json()
    return found


def decide(scene: Scene, kiosk: Device, name: str, seen: int = 2, **more: str) -> tuple[int, str]:
    """The manager's word."""
    body: dict[str, object] = {"agency_id": scene.world.agency, "device_id": kiosk.pairing.device_id}
    body |= {"entries": seen} | more
    answer = scene.web.command(office(scene), name, **body)
    return answer.status_code, answer.json().get("code", "")


def visits(web: Web) -> list[tuple[str, str]]:
    """All visits that there are, with their states."""
    with web.state.store.reading() as db:
        return [(row.id, row.state) for row in db.scalars(select(VisitRow).order_by(VisitRow.id))]


def back_up(scene: Scene, *minutes: int) -> None:
    """Whole generations of backup, made so many minutes from now."""
    folder = scene.web.settings.backup_folder
    assert folder is not None
    for number in minutes:
        place = folder / f"g{number}"
        (place / PHOTO.digest[:2]).mkdir(parents=True)
        (place / PHOTO.digest[:2] / PHOTO.digest).write_bytes(PHOTO.box)
        manifest = {"taken_ms": scene.web.clock.true_ms + number * 60_000}
        (place / "manifest.json").write_text(json.dumps(manifest), "utf-8")


@pytest.fixture
def kiosk(scene: Scene) -> Device:
    """A kiosk that was revoked while it had a visit, and no network; templates are on it."""
    backups = scene.folder / "backups"
    backups.mkdir()
    object.__setattr__(scene.web.settings, "backup_folder", backups)
    scene.web.state.blobs._backups = backups  # type: ignore[attr-defined]
    made, project, member = scene.device("kiosk"), scene.world.project(), scene.world.members[0]
    sync(made)
    who = Actor("person", member)
    made.submitter.submit(started(project, member), who, b'{"score":0.5}', [PHOTO.box])
    scene.web.clock.advance(hours=1)
    made.submitter.submit(ended(project, member), who)
    revoke(scene, made)
    return made


@pytest.mark.rule("D-1")
def test_a_revoked_devices_journal_waits_in_quarantine_until_it_is_released(
    scene: Scene, kiosk: Device
) -> None:
    """The journal is uploaded into quarantine; a manager releases what is in it: judged as if it came now, with its own
    trusted times.
    """
    web = scene.web
    end_of(kiosk)
    assert visits(web) == []
    [seen] = waiting(scene)
    assert seen["entries"] == 2 and seen["people"] == {"操作员0": 2} and seen["name"] == scene.open.device
    assert (seen["days"], seen["kinds"]) == (["2026-03-02"], {"开始执业": 1, "结束执业": 1})
    assert kiosk.status.now.waiting == 0 and not kiosk.status.now.left
    web.clock.advance(days=1)
    assert decide(scene, kiosk, "devices.release") == (200, "")
    [(visit, state)] = visits(web)
    with web.state.store.reading() as db:
        row = db.get_one(VisitRow, visit)
        assert (state, row.day, row.counted_s, row.proof) == ("valid", "2026-03-02", 3600, "proven")
        decision = db.scalars(select(QuarantineDecision)).one()
        assert (decision.released, decision.entries) == (True, 2)
        audited = set(db.scalars(select(AuditEntry.command)))
        assert {"devices.release", "visits.start"} <= audited and verify(db) is None
    assert waiting(scene) == []
    assert decide(scene, kiosk, "devices.release") == (404, "quarantine.empty")


@pytest.mark.rule("D-1")
def test_what_a_manager_refuses_is_kept_without_effect(scene: Scene, kiosk: Device) -> None:
    """Or refuses what is in quarantine: with a reason, and nothing is lost."""
    end_of(kiosk)
    assert decide(scene, kiosk, "devices.refuse", reason="无")[1] == "quarantine.reason"
    assert decide(scene, kiosk, "devices.refuse", reason="平板已经遗失，记录不可信") == (200, "")
    assert visits(scene.web) == [] and waiting(scene) == []
    url = f"/api/v1/agencies/{scene.world.agency}/quarantine/decisions"
    [told] = scene.web.client.get(url, headers=office(scene)).json()
    assert (told["device_id"], told["released"], told["entries"]) == (kiosk.pairing.device_id, False, 2)
    assert (told["reason"], told["by"]) == ("平板已经遗失，记录不可信", "经理甲")
    with scene.web.state.store.reading() as db:
        kept = (
            db.execute(select(JournalEntry.status).where(JournalEntry.text.contains("visits.")))
            .scalars()
            .all()
        )
        assert list(kept) == ["void", "void"]
        assert db.scalars(select(QuarantineDecision.reason)).one() == "平板已经遗失，记录不可信"
        assert verify(db) is None
    end_of(kiosk)
    assert waiting(scene) == [], "and the same again is the same"


@pytest.mark.rule("D-1")
def test_a_manager_decides_about_what_he_has_seen_alone(scene: Scene, kiosk: Device) -> None:
    """A manager releases or refuses: whatever the device brings between his look and his word, he never vouched for."""
    end_of(kiosk)
    [seen] = waiting(scene)
    project, member = scene.world.projects[0], scene.world.members[0]
    kiosk.submitter.submit(started(project, member), Actor("person", member))
    end_of(kiosk)
    for name, more in (("devices.release", {}), ("devices.refuse", {"reason": "平板已经遗失"})):
        assert decide(scene, kiosk, name, int(str(seen["entries"])), **more) == (409, "quarantine.changed")
    assert visits(scene.web) == [] and waiting(scene)[0]["entries"] == 3
    with scene.web.state.store.reading() as db:
        assert db.scalars(select(QuarantineDecision)).all() == []
    assert decide(scene, kiosk, "devices.release", 3) == (200, "")
    assert visits(scene.web) != [] and waiting(scene) == []


@pytest.mark.rule("D-1", "A-3")
def test_nobody_else_sees_or_decides(scene: Scene, kiosk: Device) -> None:
    """A manager releases or refuses: of the device's own agency."""
    web = scene.web
    end_of(kiosk)
    other = make_world(web.state.bus, number=2)
    stranger = web.login("manager2")
    url = f"/api/v1/agencies/{scene.world.agency}/quarantine"
    for path in (url, f"{url}/decisions"):
        assert web.client.get(path, headers=stranger).status_code == 403
    for agency, status in ((scene.world.agency, 403), (other.agency, 404)):
        body = {"agency_id": agency, "device_id": kiosk.pairing.device_id, "entries": 2}
        assert web.command(stranger, "devices.release", **body).status_code == status
    assert len(waiting(scene)) == 1


@pytest.mark.rule("D-1", "D-2")
def test_a_revoked_device_may_bring_and_no_longer_fetch(scene: Scene, kiosk: Device) -> None:
    """Can be revoked: templates go at once; entries, photos and the time are all that it still has a door for."""
    end_of(kiosk)
    auth = {"Authorization": f"Bearer {kiosk.transport._session()}"}
    asked = {
        "/api/v1/scopes": 403, "/api/v1/changes?scope=x": 403, "/api/v1/wait": 403,
        f"/api/v1/blobs/{PHOTO.digest}": 403, f"/api/v1/time?nonce={'n' * 32}": 200,
    }  # fmt: skip
    told = {path: scene.api("GET", path, headers=auth).status_code for path in asked}
    assert told == asked
    with kiosk.cache.store.reading() as db:
        assert db.scalars(select(ProjectFace.id)).all() == []


@pytest.mark.rule("D-1", "D-2")
def test_its_files_go_only_when_two_backups_hold_everything(scene: Scene, kiosk: Device) -> None:
    """And then wiped; nothing is deleted before it is durable, photos too; with the key first."""
    folder, web = scene.folder / "kiosk", scene.web
    source = FileSource(folder / "device.key")
    end_of(kiosk)
    assert not kiosk.status.now.left and not leaving.finish(folder, source)
    back_up(scene, 2)
    web.clock.advance(hours=2)
    end_of(kiosk)
    assert not kiosk.status.now.left, "one is not enough"
    back_up(scene, -130)
    web.clock.advance(hours=2)
    end_of(kiosk)
    assert not kiosk.status.now.left, "nor is one from before"
    back_up(scene, 5)
    web.clock.advance(hours=2)
    end_of(kiosk)
    assert kiosk.status.now.left
    with pytest.raises(Refused):
        kiosk.submitter.submit(started(scene.world.projects[0], scene.world.members[1]), Actor("person", "x"))
    before = {file.name for file in folder.iterdir()}
    assert {"journal.db", "cache.db", "device.key", "pairing.json", "leaving.json"} <= before
    kiosk.close()
    scene.devices.clear()
    assert leaving.finish(folder, source)
    assert sorted(file.name for file in folder.iterdir()) == []
    assert not leaving.finish(folder, source), "and a new pairing is not wiped by it"
    assert len(waiting(scene)) == 1 and waiting(scene)[0]["complete"] is True


@pytest.mark.rule("D-1")
def test_what_is_being_written_is_waited_for(scene: Scene, kiosk: Device) -> None:
    """Nothing is deleted before it is uploaded: a submit under way comes first, a later one is refused."""
    folder, member = scene.folder / "kiosk", scene.world.members[1]
    source, command = FileSource(folder / "device.key"), started(scene.world.projects[0], member)
    end_of(kiosk)
    journal = kiosk.journals.here().journal
    leaving.mark(folder, journal.id, journal.head())
    kiosk.outbox.forget(PHOTO.digest)
    held = File(folder / "journal.db", load_or_make(source).file_key)

    def write() -> Stored:
        return kiosk.submitter.submit(command, Actor("person", member), None, [PHOTO.box])

    def leave() -> bool:
        kiosk.close()
        return leaving.finish(folder, source)

    with ThreadPoolExecutor(1) as screen, ThreadPoolExecutor(1) as program:
        screen.submit(kiosk.journals.here).result()
        with held.transaction():
            # The journal is busy: the submit has passed its gate, and waits for it alone.
            written = screen.submit(write)
            while not (kiosk.outbox.waiting() or written.done()):
                time.sleep(0.01)
            kiosk.outbox.forget(PHOTO.digest)
            gone = program.submit(leave)
            wait([gone], timeout=1)
        assert not gone.result(), "the files stay for what was written"
    with pytest.raises(NotHere, match="device-closed"):
        write()
    held.close()
    assert kiosk.journals.here().journal.find(written.result().id)


@pytest.mark.rule("D-1")
def test_what_was_written_after_all_is_not_wiped(scene: Scene, kiosk: Device) -> None:
    """Nothing is deleted before it is durable: a form that was sent off in the last moment keeps the files."""
    folder = scene.folder / "kiosk"
    source = FileSource(folder / "device.key")
    end_of(kiosk)
    journal = kiosk.journals.here().journal
    leaving.mark(folder, journal.id, journal.head())
    kiosk.outbox.forget(PHOTO.digest)
    kiosk.status.change(left=False)
    kiosk.submitter.submit(
        started(scene.world.projects[0], scene.world.members[1]), Actor("person", scene.world.members[1])
    )
    kiosk.close()
    assert not leaving.finish(folder, source)
    assert (folder / "journal.db").exists() and not (folder / "leaving.json").exists()
    scene.devices[:] = [open_device(folder, kiosk.pairing, load_or_make(source), scene.web.clock)]
    end_of(scene.devices[0])
    assert waiting(scene)[0]["entries"] == 3


@pytest.mark.rule("D-1")
def test_what_was_told_is_a_form_that_older_devices_know(scene: Scene, kiosk: Device) -> None:
    """The journal is uploaded into quarantine: a device that knows nothing of it reads that its entries are held."""
    end_of(kiosk)
    with kiosk.cache.reading() as db:
        told = verdicts(db)
    assert {(one.status, one.rule) for one in told} == {("held", "D-1")}
    assert all("隔离" in (one.sentence or "") for one in told)
