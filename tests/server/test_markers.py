"""What is secret lies nowhere: markers are entered wherever one can type, then every byte of every file is searched.

Real clients on files of their own speak HTTP to a real server; requests that are refused and malformed are among them.
"""

import base64
import json
import logging
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import logs
from core.accounts.commands import CreateAccount
from core.clock import day_of_ms, ms_of
from core.context import Actor
from core.devices.codes import code_hash
from core.devices.models import ServerProperty
from core.errors import DomainError
from core.ids import new_id
from core.practitioners.commands import RegisterPerson
from core.projects.commands import EditProject
from core.visits.commands import FormSubmitted, FormText, SubmitOfficeForm
from core.wire.sealing import seal_blob
from kiosk.drafts import Drafts
from kiosk.shown import Draft, Photo
from server.backup.making import Backup
from sync.device import Device, open_device
from sync.keys import FileSource, load_or_make
from sync.pairing import Applicant, Kind, pair
from sync.web import HttpPairingDesk
from tests.factories import markers
from tests.factories.devices import started
from tests.factories.listening import listening
from tests.factories.web import Web, ended
from tests.factories.world import World, run
from tests.server.test_pages import ANSWERS, FILLED, invite, ticket
from tests.server.test_records import _Check, _Template

BY_DESIGN = {
    "name": "everybody of an agency sees its people's names, and the public some of them (N-1)",
    "certificate": "kind and number belong to one person, which the database itself enforces (P-1)",
    "login": "the name that one logs in with has to be found, whatever case it is typed in (A-1)",
    "client": "a project's head, which every device of the agency holds",
    "reason": "why a contact was ended is read by lead and managers as long as there are visits (C-4)",
    "device": "the office knows its devices by their names",
}
"""What may stand in the clear in a server's database, each with its reason; on devices it may not."""


@dataclass
class Secrets:
    """Everything that must be nowhere, each of it unlike anything else."""

    password: str = field(default_factory=markers.password)
    new_password: str = field(default_factory=lambda: markers.password("新口令"))
    wrong_password: str = field(default_factory=lambda: markers.password("错口令"))
    id_number: str = field(default_factory=markers.id_number)
    mistyped: str = field(default_factory=lambda: markers.id_number()[:17] + "Z")
    telephone: str = field(default_factory=lambda: f"199{secrets.randbelow(10**8):08}")
    remark: str = field(default_factory=lambda: markers.password("备注"))
    portrait: str = field(default_factory=lambda: markers.password("JPEG"))
    template: str = field(default_factory=lambda: markers.password("template"))
    photo: str = field(default_factory=lambda: markers.password("photo"))


@dataclass
class Open:
    """What stands in the clear by design, so that the search is seen to find something."""

    name: str = field(default_factory=lambda: markers.password("某人"))
    certificate: str = field(default_factory=lambda: markers.password("C"))
    login: str = field(default_factory=lambda: markers.password("账号").casefold())
    client: str = field(default_factory=lambda: markers.password("业主"))
    reason: str = field(default_factory=lambda: markers.password("原因"))
    device: str = field(default_factory=lambda: markers.password("终端"))


@dataclass
class Checker:
    """Takes every picture for a portrait; what it found in it is secret, too."""

    secret: Secrets

    model = "fake-1"

    def enrol(self, picture: bytes, more: Sequence[bytes] = ()) -> _Check:
        """The picture with a template."""
        return _Check(picture, _Template("fake-1", self.secret.template.encode() + b"v" * 400))


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    """The server's log as it is written in service; what the test's own HTTP client says is no part of it."""
    root, file = logging.getLogger(), tmp_path / "logs" / "server.log.jsonl"
    file.parent.mkdir()
    handlers, level = root.handlers, root.level
    silent = [logging.getLogger(name) for name in ("uvicorn.access", "httpx")]
    logs.set_up(file=file)
    for logger in silent:
        logger.disabled = True
    root.handlers += handlers
    yield file
    root.handlers[0].close()
    root.handlers, root.level = handlers, level
    for logger in silent:
        logger.disabled = False


@dataclass
class Scene:
    """One server that listens, the people in it, and what is typed."""

    web: Web
    world: World
    address: str
    folder: Path
    secret: Secrets
    open: Open
    devices: list[Device] = field(default_factory=list)

    def api(self, method: str, path: str, **more: object) -> httpx.Response:
        """One request as a stranger's program could make it."""
        return httpx.request(method, f"{self.address}{path}", timeout=30, trust_env=False, **more)  # type: ignore[arg-type]

    def device(self, kind: Kind) -> Device:
        """A paired device on files of its own."""
        office, code = self.web.login("manager1"), new_id()[-8:].upper()
        self.web.command(
            office, "devices.code", agency_id=self.world.agency, kind=kind, code_hash=code_hash(code)
        )
        folder = self.folder / kind
        folder.mkdir()
        keys = load_or_make(FileSource(folder / "device.key"))
        me = Applicant(kind, self.open.device, keys.keys.public, "file")
        pairing = pair(folder, HttpPairingDesk(), self.address, code, me)
        self.devices.append(open_device(folder, pairing, keys, self.web.clock))
        return self.devices[-1]


def sync(device: Device) -> None:
    """One round on this thread, as the worker would do it."""
    device.worker._open_rounds().round()


def type_passwords(scene: Scene) -> None:
    """Right, wrong, weak, in the wrong field, in the wrong form."""
    secret = scene.secret
    account = CreateAccount(
        account_id=new_id(), login=scene.open.login, password=secret.password, person_id=scene.world.lead
    )
    run(scene.web.state.bus, account)
    for refused in ("x" + secret.password * 9, secret.password[-3:]):
        with pytest.raises(DomainError):
            run(scene.web.state.bus, msgspec.structs.replace(account, account_id=new_id(), password=refused))
    headers = scene.web.login(scene.open.login, secret.password)
    tries = [
        {"login": scene.open.login, "password": secret.wrong_password},
        {"login": secret.password, "password": secret.id_number},
        {"login": scene.open.login, "password": [secret.password]},
        {"login": scene.open.login, "password": secret.password * 30},
        {"login": scene.open.login, "password": secret.password, secret.password: secret.password},
        {"login": scene.open.login, "password": secret.password, "device_session": secret.password},
    ]
    for body in tries:
        assert scene.api("POST", "/api/v1/login", json=body).status_code >= 400
    wild = f'{{"login":"a","password":"{secret.password}'.encode()
    for content in (wild, secret.password.encode("gb18030"), b"\xff" + secret.password.encode()):
        answer = scene.api(
            "POST", "/api/v1/login", content=content, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code in (400, 422)
    scene.api("GET", "/api/v1/me", params={"password": secret.password})
    scene.api("GET", f"/api/v1/{secret.password}/{secret.id_number}")
    hidden = base64.b64encode(secret.password.encode()).decode()
    scene.api("GET", "/api/v1/me", headers={"Authorization": f"Basic {hidden}"})
    scene.api("GET", "/api/v1/me", headers={"Authorization": f"Bearer {secret.password.encode().hex()}"})
    change = {"old_password": secret.wrong_password, "new_password": secret.new_password}
    for body in (change, change | {"new_password": 5}, change | {"old_password": secret.password}):
        scene.web.command(headers, "accounts.change_password", **body)
    assert scene.web.login(scene.open.login, secret.new_password)


def type_people(scene: Scene) -> str:
    """An ID number right, mistyped, with too much beside it; a portrait."""
    office, secret = scene.web.login("manager1"), scene.secret
    person = new_id()
    body: dict[str, object] = {
        "person_id": person, "agency_id": scene.world.agency, "name": scene.open.name, "id_number": secret.id_number,
        "certificates": [{"kind": "operator", "number": scene.open.certificate}],
    }  # fmt: skip
    assert scene.web.command(office, "practitioners.register", **body).status_code == 200
    bad = [
        {"id_number": secret.mistyped},
        {"id_number": [secret.id_number]},
        {secret.id_number: secret.id_number},
        {"certificates": [{"kind": secret.id_number, "number": "1"}]},
        {"person_id": secret.id_number},
    ]
    for wrong in bad:
        changed = body | {"person_id": new_id()} | wrong
        assert scene.web.command(office, "practitioners.register", **changed).status_code == 422
    # The certificate is taken: refused by a rule, after the number was sealed in the same transaction.
    again = scene.web.command(office, "practitioners.register", **body | {"person_id": new_id()})
    assert again.status_code == 409
    scene.web.state.portraits._make = lambda: Checker(secret)
    url = f"/api/v1/persons/{scene.world.members[0]}/portrait"
    picture = b"\xff\xd8" + secret.portrait.encode() + bytes(3_000_000)
    for consent in ("false", "true", secret.id_number):
        fields = {"id": new_id(), "consent": consent}
        files = {"picture": (secret.id_number, picture)}
        scene.api("POST", url, headers=office, data=fields, files=files)
    return person


def type_contact(scene: Scene, project: str, feedback: str) -> None:
    """A contact registers, and says what he thinks; what he mistypes is told and not kept."""
    secret, client = scene.secret, scene.web.client
    path = invite(scene.web, scene.world, project)
    details = FILLED | {"name": secret.remark, "telephone": secret.telephone, "job": secret.remark}
    form = details | ticket(client.get(path))
    assert client.post(path, data=form | {"telephone": secret.id_number}).status_code == 422
    answer = client.post(path, data=form, follow_redirects=False)
    contact = answer.headers["location"].rpartition("/")[2]
    office = scene.web.login("manager1")
    confirmed = scene.web.command(office, "contacts.confirm", project_id=project, contact_id=contact)
    assert confirmed.status_code == 200
    url = f"/c/feedback/{feedback}"
    said = ANSWERS | {"remarks": secret.remark} | ticket(client.get(url))
    assert client.post(url, data=said | {"stars": secret.remark}).status_code == 422
    assert client.post(url, data=said, follow_redirects=False).status_code == 303
    assert secret.remark in client.get(url).text
    end = {"project_id": project, "contact_id": contact, "reason": scene.open.reason}
    assert scene.web.command(office, "contacts.end", **end).status_code == 200


def work_at_site(scene: Scene, project: str) -> str:
    """A visit and its form with a photo, on a kiosk; a half-filled form stays there."""
    kiosk, secret, person = scene.device("kiosk"), scene.secret, scene.world.members[0]
    sync(kiosk)
    who, proof = Actor("person", person), msgspec.json.encode({"challenge": secret.remark})
    kiosk.submitter.submit(started(project, person, claims=True), who, proof)
    scene.web.clock.advance(hours=1)
    kiosk.submitter.submit(ended(project, person), who, proof)
    blob = seal_blob(secret.photo.encode())
    text = {"work": secret.remark, "photos": [blob.digest], "photo_keys": {blob.digest: blob.key}}
    day = day_of_ms(ms_of(scene.web.clock.now())).isoformat()
    form = FormSubmitted(project_id=project, person_id=person, day=day, complete=False)
    folder = scene.folder / "kiosk"
    drafts = Drafts(folder / "drafts.db", load_or_make(FileSource(folder / "device.key")).file_key)
    drafts.keep("half", Draft(work=secret.remark, remarks=secret.id_number))
    drafts.add_photo("half", Photo("p", secret.photo.encode()))
    drafts.close()
    entry = kiosk.submitter.submit(form, who, msgspec.json.encode(text), [blob.box])
    sync(kiosk)
    return entry.id


def work_in_office(scene: Scene, project: str) -> None:
    """An office logs in on its desktop, enters people there, edits a project, writes a form."""
    desktop, secret = scene.device("desktop"), scene.secret
    sync(desktop)
    with pytest.raises(DomainError):
        desktop.transport.log_in("manager1", secret.wrong_password)
    told = desktop.transport.log_in(scene.open.login, secret.new_password)
    person = RegisterPerson(person_id=new_id(), name="职员", id_number=secret.mistyped)
    with pytest.raises(DomainError):
        desktop.submitter.online(person, token=told["token"])
    edit = {"group": "client", "seen": {"client": "示例物业"}, "value": {"client": scene.open.client}}
    command = msgspec.convert({"project_id": project, "edits": [edit]}, EditProject)
    desktop.submitter.submit(command, Actor("account", told["account_id"]), session=told["login_id"])
    sync(desktop)
    scene.web.record(scene.world.lead, started(project, scene.world.lead))
    scene.web.clock.advance(hours=25)
    scene.web.record(scene.world.lead, ended(project, scene.world.lead))
    day = day_of_ms(ms_of(scene.web.clock.now()) - 25 * 3_600_000).isoformat()
    text = FormText(work=secret.remark, remarks=secret.remark, problems=[secret.telephone])
    form = SubmitOfficeForm(form_id=new_id(), project_id=project, day=day, complete=False, text=text)
    again = desktop.transport.log_in(scene.open.login, secret.new_password)
    desktop.submitter.online(form, token=again["token"])


def play(scene: Scene) -> None:
    """Everything that can be typed today, once."""
    project, other = scene.world.project(), scene.world.project()
    type_passwords(scene)
    type_people(scene)
    feedback = work_at_site(scene, project)
    type_contact(scene, project, feedback)
    work_in_office(scene, other)


@pytest.fixture
def scene(tmp_path: Path, database_url: str, log_file: Path) -> Iterator[Scene]:
    """The server listens while a test plays."""
    web = Web(tmp_path / "server", database_url)
    with listening(web.app) as address:
        made = Scene(web, web.world(), address, tmp_path, Secrets(), Open())
        yield made
        for device in made.devices:
            device.close()
    web.close()


@pytest.mark.rule("D-2", "A-2")
def test_what_is_secret_lies_in_no_file(scene: Scene, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Personal data (ID numbers, portraits, templates) is encrypted at rest on devices and on the server; a password
    is stored as argon2id.
    """
    if scene.web.state.store.is_postgresql:
        request.getfixturevalue("postgres_programs")
    play(scene)
    secret, in_the_clear = vars(scene.secret), vars(scene.open)
    engine = scene.web.state.store.engine
    at_rest = markers.database_files(engine)
    found = markers.in_files(tmp_path, secret) + markers.in_files(at_rest, secret)
    assert found + markers.in_rows(engine, secret) == []
    kept = Backup(
        scene.web.settings, engine, tmp_path / "backups", 2, scene.web.clock, lambda *_done: None
    ).make()
    assert markers.in_files(kept.generation.folder, secret) == []
    for device in scene.devices:
        folder = tmp_path / device.pairing.kind
        names = {name: text for name, text in in_the_clear.items() if name != "device"}
        assert len(list(folder.iterdir())) > 3
        assert markers.in_files(folder, names) == [], "a device's files say nothing but its own name"
    shown = {one.marker for one in markers.in_files(at_rest, in_the_clear)}
    assert shown == set(BY_DESIGN) == set(in_the_clear), "and the search finds what it should"
    assert markers.in_files(tmp_path / "logs", in_the_clear) == []


WAYS = {
    "plain": str.encode,
    "utf-16": lambda text: text.encode("utf-16-le"),
    "hex": lambda text: text.encode().hex().encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64url": lambda text: base64.urlsafe_b64encode(text.encode()),
    "JSON": lambda text: msgspec.json.encode({"x": text}),
    "escaped": lambda text: json.dumps({"x": text}).encode(),
}


@given(before=st.binary(max_size=9), after=st.binary(max_size=9), way=st.sampled_from(sorted(WAYS)))
def test_the_search_finds_what_was_planted(before: bytes, after: bytes, way: str) -> None:
    marker = "口令Mark0a1b2c3d4e5f"
    lead, end = before.decode("latin-1"), after.decode("latin-1")
    planted = before + WAYS[way](lead + marker + end) + after
    assert [one.marker for one in markers.in_bytes("file", planted, {"x": marker})] != []
    assert markers.in_bytes("file", planted, {"x": marker + "0" * 6}) == []


def test_the_search_reads_names_logs_of_pages_and_compressed_rows(tmp_path: Path, database_url: str) -> None:
    marker = {"planted": markers.password("明文")}
    web = Web(tmp_path / "server", database_url)
    with web.state.store.writing() as db:
        db.add(ServerProperty(name="planted", value=marker["planted"]))
    engine = web.state.store.engine
    assert markers.in_files(markers.database_files(engine), marker) != []
    assert [one.place for one in markers.in_rows(engine, marker)] == ["server_property.value"]
    web.close()
    (tmp_path / marker["planted"]).mkdir()
    assert [one.place for one in markers.in_files(tmp_path, marker)][-1] == marker["planted"]


def test_a_portrait_is_taken_in_without_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """D-2: a picture of some megabytes would be written to the disk in the clear while its form is read."""
    web = Web(tmp_path / "server", "")
    world, office = web.world(), web.login("manager1")
    web.state.portraits._make = lambda: Checker(Secrets())

    def refuse(*_told: object, **_more: object) -> None:
        raise AssertionError("written to a file")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    url = f"/api/v1/persons/{world.members[0]}/portrait"
    form = {"id": new_id(), "consent": "true"}
    picture = {"picture": ("x", b"\xff\xd8" + bytes(9_000_000))}
    assert web.client.post(url, headers=office, data=form, files=picture).status_code == 200
    web.close()
