"""A whole server in a test: the real application on a fresh database, with a clock that the test moves."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import httpx

from core.bus import Fact
from core.clock import day_of_ms, ms_of
from core.command import Command
from core.context import Actor
from core.devices.codes import code_hash
from core.ids import new_id
from core.visits.commands import FaceEntry, FixEntry, FormSubmitted, VisitEnded, VisitStarted
from core.wire.sessions import sign_session
from core.wire.signing import KeyPair, new_key_pair
from server.app import make_app
from server.portraits import PortraitChecker
from server.settings import Settings
from server.state import State
from tests.factories.world import PASSWORD, SITE, World, make_world
from tests.fakes.clock import FakeClock

with warnings.catch_warnings():
    # Starlette asks for a successor of httpx; the client does the same with the one that is locked.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

FACE = FaceEntry(engine="fake", liveness="challenge", portrait_id="019c0000-0000-7000-8000-0000000000f1")
HERE = FixEntry(lat=SITE[0], lon=SITE[1], accuracy_m=10.0, age_ms=1000, source="gps")


@dataclass
class Paired:
    """A device that was paired: its id, its keys and the headers of its session."""

    id: str
    keys: KeyPair
    headers: dict[str, str]


class Web:
    """One server, a client that talks to it, and the invented agency in it."""

    def __init__(self, folder: Path, database_url: str, portraits: PortraitChecker | None = None) -> None:
        self.clock = FakeClock()
        self.settings = Settings(
            data_folder=folder,
            database_url=database_url,
            database_clock=False,
            public_url="http://testserver",
        )
        make = None if portraits is None else (lambda: portraits)
        self.app = make_app(self.settings, clock=self.clock, portraits=make)
        self.state: State = self.app.state.zhiye
        self.client = TestClient(self.app, raise_server_exceptions=False)

    def close(self) -> None:
        """Lets go of the database."""
        self.client.close()
        self.state.store.close()

    def world(self) -> World:
        """The invented agency."""
        return make_world(self.state.bus)

    def login(self, login: str, password: str = PASSWORD) -> dict[str, str]:
        """The headers of somebody who has logged in."""
        answer = self.client.post("/api/v1/login", json={"login": login, "password": password})
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    def command(self, headers: dict[str, str], name: str, /, **body: object) -> httpx.Response:
        """Posts one command under a fresh id."""
        asked = {"id": new_id(), "name": name, "body": body}
        return self.client.post("/api/v1/commands", json=asked, headers=headers)

    def device(self, office: dict[str, str], agency: str, kind: str = "kiosk") -> Paired:
        """Pairs a device with a code that the office makes, and opens its session."""
        code = new_id()[-8:]
        made = self.command(office, "devices.code", agency_id=agency, kind=kind, code_hash=code_hash(code))
        assert made.status_code == 200, made.text
        keys, device_id = new_key_pair(), new_id()
        paired = self.client.post("/api/v1/devices/pair", json=pairing(code, device_id, keys, kind))
        assert paired.status_code == 200, paired.text
        return Paired(device_id, keys, self.session(device_id, keys))

    def session(self, device_id: str, keys: KeyPair) -> dict[str, str]:
        """The headers of a device's fresh session."""
        nonce = self.client.post("/api/v1/devices/nonce").json()["nonce"]
        signature = sign_session(keys.seed, self.state.keys.sign_public, device_id, nonce)
        asked = {"device_id": device_id, "nonce": nonce, "signature": signature}
        answer = self.client.post("/api/v1/devices/session", json=asked)
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    def record(self, person: str, *commands: Command) -> list[str]:
        """Records facts of a person, now, as a push would; returns their ids."""
        now_ms = ms_of(self.clock.now())
        actor, digest = Actor("person", person), "0" * 64
        facts = [Fact(new_id(), command, actor, new_id(), now_ms, "proven", digest) for command in commands]
        with self.state.bus.transaction(Actor("job", new_id()), facts=True) as work:
            self.state.bus.record(work, facts)
        return [fact.id for fact in facts]

    def visited_day(self, world: World, project: str, *, zeroed: str | None = None) -> str:
        """A member comes for two hours and fills the form; ``zeroed`` is still there then. Returns the form's id."""
        person = world.members[0]
        self.record(person, started(project, person, claims=True))
        if zeroed:
            self.clock.advance(minutes=1)
            self.record(zeroed, started(project, zeroed))
        self.clock.advance(hours=2, minutes=5)
        [end] = self.record(person, ended(project, person))
        self.clock.advance(minutes=3)
        day = day_of_ms(ms_of(self.clock.now())).isoformat()
        form = FormSubmitted(project_id=project, person_id=person, day=day, end_id=end, complete=True)
        [form_id] = self.record(person, form)
        return form_id


def pairing(code: str, device_id: str, keys: KeyPair, kind: str = "kiosk") -> dict[str, object]:
    """What a new device sends."""
    return {
        "id": new_id(),
        "code": code,
        "device_id": device_id,
        "name": "前台终端",
        "kind": kind,
        "public_key": keys.public.hex(),
        "key_source": "file",
    }


def started(project: str, person: str, *, claims: bool = False) -> VisitStarted:
    """A person begins at the site."""
    return VisitStarted(project_id=project, person_id=person, claims=claims, face=FACE, fix=HERE)


def ended(project: str, person: str) -> VisitEnded:
    """A person ends at the site."""
    return VisitEnded(project_id=project, person_id=person, face=FACE, fix=HERE)
