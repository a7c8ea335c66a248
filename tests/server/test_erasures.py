"""Erasure by key on real servers: what was sealed is gone from every file, what is hashed holds, also restored."""

import io
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, insert, select

from core.accounts.commands import CreateAccount
from core.audit.models import AuditSalt
from core.audit.queries import verify
from core.context import Actor
from core.db.base import Base
from core.db.vault import SubjectKey
from core.employment.models import Employment
from core.errors import NotHere
from core.ids import new_id
from core.journals import sealed
from core.journals.models import SealedPart
from core.practitioners.commands import RegisterPerson
from core.practitioners.models import Certificate, Person, PersonPrivate, Portrait
from core.projects.models import ProjectFace
from core.visits.commands import AttemptFailed
from core.visits.models import VisitRow
from server import cli, erasures
from tests.factories import markers
from tests.factories.devices import started
from tests.factories.web import Web
from tests.factories.world import JOB, PASSWORD, World, run
from tests.server.test_backup import Operator, operator
from tests.server.test_markers import Scene, log_file, scene, sync, type_contact, type_people, work_at_site

__all__ = ["log_file", "operator", "scene"]
REASON = "本人书面申请删除"


def administrator(web: Web) -> dict[str, str]:
    """The login of one."""
    account = CreateAccount(account_id=new_id(), login="root", password=PASSWORD, administrator=True)
    run(web.state.bus, account)
    return web.login("root")


def ask(
    web: Web, headers: dict[str, str], subject: str, kind: str = "person", reason: str = REASON
) -> tuple[int, str]:
    """What the server says to a request for erasure."""
    body = {"id": new_id(), "kind": kind, "subject_id": subject, "reason": reason}
    answer = web.client.post("/api/v1/erasures", json=body, headers=headers)
    return answer.status_code, answer.json().get("code", "")


def leave(web: Web, world: World, person: str) -> None:
    """Ends somebody's employment."""
    with web.state.store.reading() as db:
        job = db.scalars(select(Employment.id).where(Employment.person_id == person)).one()
    ended = web.command(web.login("manager1"), "employment.end", agency_id=world.agency, employment_id=job)
    assert ended.status_code == 200, ended.text


def everything(web: Web) -> dict[str, list[dict[str, Any]]]:
    """A backup of all rows."""
    with web.state.store.engine.connect() as db:
        return {
            t.name: [dict(r) for r in db.execute(t.select()).mappings()] for t in Base.metadata.sorted_tables
        }


def restore(web: Web, backup: dict[str, list[dict[str, Any]]]) -> None:
    """Puts it back in the place of what is there."""
    with web.state.store.engine.begin() as db:
        for table in Base.metadata.sorted_tables:
            db.execute(delete(table))
            if backup[table.name]:
                db.execute(insert(table), backup[table.name])


def wrapped(web: Web, *subjects: str) -> dict[str, bytes]:
    """The keys of some subjects as they lie in the database."""
    with web.state.store.reading() as db:
        found = db.execute(select(SubjectKey.subject_id, SubjectKey.wrapped)).all()
    return {subject: key for subject, key in found if subject in subjects}


def lies_in(web: Web, key: bytes) -> list[Path]:
    """The database's own files that hold a key; PostgreSQL's write-ahead log is recycled, not scrubbed."""
    folder = markers.database_files(web.state.store.engine)
    files = [file for file in folder.rglob("*") if file.is_file() and "pg_wal" not in file.parts]
    return [file for file in files if key in file.read_bytes()]


@pytest.mark.rule("D-2")
def test_erasure_takes_what_is_personal_and_leaves_what_is_hashed(scene: Scene, tmp_path: Path) -> None:
    """Erasure destroys the subject's key, while visits, hashes and chains stay; one person's goes without another's."""
    web, world, secret = scene.web, scene.world, scene.secret
    member, lead, project = world.members[0], world.lead, world.project()
    person = type_people(scene)
    feedback = work_at_site(scene, project)
    type_contact(scene, project, feedback)
    contact = world.contacts[0]
    [kiosk] = scene.devices
    root, office = administrator(web), web.login("manager1")
    assert ask(web, root, member) == (409, "erasure.needed")
    leave(web, world, member)
    keys = wrapped(web, member, person, contact, lead)
    assert len(keys) == 4 and all(lies_in(web, key) for key in keys.values())
    for subject, kind in ((member, "person"), (person, "person"), (contact, "contact")):
        assert ask(web, root, subject, kind) == (200, "")
        assert lies_in(web, keys[subject]) == []
    assert lies_in(web, keys[lead]) != []
    _nothing_is_left(web, member, person, secret.id_number)
    _the_rest_holds(web, lead, member)
    sync(kiosk)
    assert kiosk.journals.here().journal.broken() is None
    with kiosk.cache.store.reading() as db:
        held = set(db.scalars(select(ProjectFace.person_id)))
    assert lead in held and member not in held
    text = web.client.get(f"/api/v1/feedbacks/{feedback}", headers=office).json()
    assert (text["work"], text["absent"]) == ("", "文字内容已按规定期限删除。")
    told = web.client.get(f"/api/v1/projects/{project}/contacts", headers=office).json()
    assert {"name": "已删除", "telephone": "已删除"}.items() <= next(
        c for c in told if c["contact_id"] == contact
    ).items()
    with web.state.store.reading() as db:
        visit = db.scalars(select(VisitRow.id).where(VisitRow.person_id == member)).one()
    proof = web.client.get(f"/api/v1/visits/{visit}/evidence", headers=office).json()
    assert (proof["start"]["score"], proof["start"]["photo"]) == (None, None)
    assert markers.in_rows(web.state.store.engine, {"certificate": scene.open.certificate}) == []


def _nothing_is_left(web: Web, member: str, person: str, id_number: str) -> None:
    vault = web.state.vault
    with web.state.store.reading() as db:
        assert set(db.scalars(select(SealedPart.key).where(SealedPart.subject_id == member))) == {None}
        portraits = db.scalars(select(Portrait).where(Portrait.person_id == member)).all()
        assert {(one.image, one.template, one.until_ms is None) for one in portraits} == {(b"", b"", False)}
        assert db.get_one(PersonPrivate, person).id_number is None
        certificate = db.scalars(select(Certificate).where(Certificate.person_id == person)).one()
        assert certificate.number == certificate.id
        with pytest.raises(NotHere):
            vault.seal(db, person, id_number.encode())


def _the_rest_holds(web: Web, lead: str, member: str) -> None:
    with web.state.store.reading() as db:
        assert verify(db) is None
        portrait = db.scalars(select(Portrait).where(Portrait.person_id == lead)).first()
        assert portrait is not None and web.state.vault.open(db, lead, portrait.image)
        assert db.get_one(Person, member).name == "操作员0"


@pytest.mark.rule("D-2")
@pytest.mark.expect_log("erased_again_after_restore")
def test_a_restored_backup_brings_nobody_back(scene: Scene) -> None:
    """Erasure destroys the subject's key: what a backup has kept is destroyed again before anything is served."""
    web = scene.web
    person = type_people(scene)
    root = administrator(web)
    backup, key = everything(web), wrapped(web, person)[person]
    assert ask(web, root, person) == (200, "")
    restore(web, backup)
    assert wrapped(web, person)[person] == key
    again = Web(scene.folder / "server", web.settings.database_url)
    assert wrapped(again, person)[person] == b""
    assert lies_in(again, key) == []
    with again.state.store.reading() as db:
        assert db.get_one(PersonPrivate, person).id_number is None
        assert verify(db) is None
    assert erasures.carry_out_list(again.state) == 0
    again.close()


@pytest.mark.rule("D-2")
@pytest.mark.expect_log("erased_again_after_restore")
def test_a_backup_that_is_really_restored_brings_nobody_back(operator: Operator, world: World) -> None:
    """Erasure destroys the subject's key: with the operator's own commands, from the backup to the next start."""
    web, person = operator.web, new_id()
    run(web.state.bus, RegisterPerson(person_id=person, name="赵某", id_number=markers.id_number()))
    key, made = wrapped(web, person)[person], operator.backup()
    assert operator.types("erase", "--id", person, "--reason", REASON)[0] == 0
    assert wrapped(web, person)[person] == b""
    assert [file for file in lies_in(web, key) if operator.backups not in file.parents] == []
    operator.stop()
    assert operator.types("restore", "--from", made.folder.name, "--replace")[0] == 0
    assert operator.types("audit-verify")[0] == 0
    assert wrapped(web, person)[person] == b""
    with web.state.store.reading() as db:
        assert db.get_one(PersonPrivate, person).id_number is None
    assert operator.types("audit-verify")[0] == 0


@pytest.mark.rule("D-2")
def test_the_list_survives_a_torn_line_and_learns_of_other_servers(web: Web, world: World) -> None:
    """Erasure destroys the subject's key, whichever of several servers did it."""
    root = administrator(web)
    [contact] = [world.contact(world.project())]
    file = web.settings.keys / erasures.LIST
    assert ask(web, root, contact, "contact") == (200, "")
    whole = file.read_bytes()
    file.write_bytes(whole[:-20])
    assert erasures.listed(web.settings.keys) == {}
    erasures.keep_up(web.state)
    assert erasures.listed(web.settings.keys) == {contact: "contact"}


@pytest.mark.rule("D-2")
def test_what_comes_late_of_who_was_erased_is_sealed_from_everybody(scene: Scene) -> None:
    """While visits, hashes and chains stay: the visit counts, what was personal of it is kept by nobody."""
    web, world, member = scene.web, scene.world, scene.world.members[0]
    project = world.project()
    kiosk = scene.device("kiosk")
    sync(kiosk)
    kiosk.submitter.submit(started(project, member), Actor("person", member), b'{"score":0.5}')
    root = administrator(web)
    leave(web, world, member)
    assert ask(web, root, member) == (200, "")
    sync(kiosk)
    with web.state.store.reading() as db:
        visit = db.scalars(select(VisitRow).where(VisitRow.person_id == member)).one()
        assert db.get_one(SealedPart, visit.id).key is None
    assert kiosk.status.now.waiting == 0


@pytest.mark.rule("D-2")
def test_one_strangers_attempt_goes_without_anothers(scene: Scene) -> None:
    """Erasure destroys the subject's key: whom a kiosk did not know is a subject of his own with each attempt."""
    web, kiosk = scene.web, scene.device("kiosk")
    sync(kiosk)
    attempt = AttemptFailed(project_id=scene.world.project(), action="start", reason="unknown")
    me = Actor("device", kiosk.pairing.device_id)
    one, two = (kiosk.submitter.submit(attempt, me, msgspec.json.encode({"score": n})).id for n in (1, 2))
    sync(kiosk)
    root = administrator(web)
    assert ask(web, root, new_id(), "attempt") == (404, "erasure.unknown")
    assert ask(web, root, one, "attempt") == (200, "")
    with web.state.store.reading() as db:
        assert sealed.read(db, web.state.vault, two) == {"score": 2}
        with pytest.raises(NotHere):
            sealed.read(db, web.state.vault, one)


@pytest.mark.rule("D-2", "A-3")
def test_who_may_erase_and_what_is_asked_of_him(web: Web, world: World, office: dict[str, str]) -> None:
    """Rights are derived: not even a manager may; a reason stands in the audit log for ever."""
    contact = world.contact(world.project())
    assert ask(web, office, contact, "contact") == (403, "not-allowed")
    root = administrator(web)
    assert ask(web, root, contact, "contact", "无")[1] == "erasure.reason"
    assert ask(web, root, contact, "person") == (404, "erasure.unknown")
    assert ask(web, root, "nobody")[1] == "erasure.form"
    assert ask(web, root, world.manager) == (409, "erasure.needed")
    refused = web.command(root, "erasure.again", kind="contact", subject_id=contact)
    assert refused.status_code == 403
    with web.state.store.reading() as db:
        salts = len(db.scalars(select(AuditSalt.seq)).all())
    body = {"id": new_id(), "kind": "contact", "subject_id": contact, "reason": REASON}
    for _twice in range(2):
        assert web.client.post("/api/v1/erasures", json=body, headers=root).json()["scrubbed"] is True
    with web.state.store.reading() as db:
        assert len(db.scalars(select(AuditSalt.seq)).all()) < salts, (
            "nor can his registration be guessed from a hash"
        )
        assert verify(db) is None


@pytest.mark.rule("D-2")
def test_the_operator_erases_by_name_and_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Erasure destroys the subject's key; what remains in older backups is said."""
    web = Web(tmp_path / "data", "")
    person = new_id()
    run(web.state.bus, RegisterPerson(person_id=person, name="赵某"), JOB)
    web.close()
    monkeypatch.setenv("ZHIYE_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert cli.main(["persons", "--name", "赵某"]) == 0
    assert person in capsys.readouterr().out
    asked = ["erase", "--id", person, "--reason", REASON]
    assert cli.main(asked) == 0
    assert "删除名单" in capsys.readouterr().out
    assert cli.main(["erase", "--id", "x", "--reason", REASON]) == 1
    assert cli.main(["persons", "--name", "没有"]) == 1
