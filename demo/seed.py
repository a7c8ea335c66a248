"""Makes a server's database through its bus: an invented agency with people, portraits, a project and codes."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.accounts.commands import CreateAccount
from core.agencies.commands import RegisterAgency
from core.agencies.rules import uscc_is_valid
from core.clock import SystemClock
from core.command import Command
from core.contacts.commands import ConfirmContact, FollowChannel, InviteContact, RegisterContact
from core.context import ANYONE, Actor
from core.devices.codes import code_hash, fresh_code
from core.devices.commands import MakePairingCode
from core.devices.models import ServerProperty
from core.employment.commands import Employ
from core.ids import new_id
from core.practitioners.commands import CertificateEntry, RegisterPerson, SubmitPortrait
from core.projects.commands import DraftProject, MemberEntry, SubmitProject
from demo import people
from server.app import make_state
from server.portraits import PortraitChecker
from server.settings import load
from server.state import State

SITE = (31.2304, 121.4737)
LOGIN = "demo"
PROJECT = "演示广场消防设施检测"
CLIENT = "上海演示物业管理有限公司"
ZHOU, LIN, GU = "周晓岚", "林一诺", "顾念真"
_JOB = Actor("job", None)
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass
class Seeded:
    """What was made and whoever plays has to know: ids, login and the pairing codes."""

    agency: str = field(default_factory=new_id)
    manager: str = field(default_factory=new_id)
    project: str = field(default_factory=new_id)
    persons: dict[str, str] = field(default_factory=dict)
    password: str = field(default_factory=lambda: f"Demo-{secrets.randbelow(10**6):06d}")
    """Letters, digits and a sign: strong enough by A-2, and easy to type."""
    kiosk_code: str = ""
    desktop_code: str = ""


def seed(
    environment: Mapping[str, str],
    portraits: PortraitChecker,
    *,
    demo: bool,
    contact: bool,
    own_portrait: bytes | None = None,
) -> Seeded:
    """Makes the database; without ``contact`` the project waits for its first contact, and no visit may start.

    ``own_portrait`` stands in for the first practitioner's: whoever sits before the webcam.
    """
    state = make_state(load(environment), SystemClock(), lambda: portraits)
    try:
        if demo:
            with state.store.writing() as db:
                db.add(ServerProperty(name="demo", value="yes"))
        made = _Maker(state).make(own_portrait)
        if contact:
            _contact(state, made)
        return made
    finally:
        state.store.close()


class _Maker:
    """Enters one agency, as its registration and its manager would."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._made = Seeded()

    def make(self, own_portrait: bytes | None) -> Seeded:
        """Agency, people, project, codes."""
        made = self._made
        self._agency()
        manager = self._person("演示经理", manager=True)
        account = CreateAccount(
            account_id=made.manager, login=LOGIN, password=made.password, person_id=manager
        )
        self._run(account)
        lead = self._person("吴正平", level_1=True)
        technical = self._person("郑启明", level_1=True)
        zhou, lin, gu = (self._person(name) for name in (ZHOU, LIN, GU))
        self._portrait(zhou, own_portrait or people.jpeg(people.portrait(people.ZHOU)))
        self._portrait(lin, people.jpeg(people.portrait(people.LIN)))
        self._portrait(gu, people.jpeg(people.portrait(people.GU)))
        self._project(lead, technical, [zhou, lin])
        made.kiosk_code, made.desktop_code = self._code("kiosk"), self._code("desktop")
        return made

    @property
    def _office(self) -> Actor:
        return Actor("account", self._made.manager)

    def _run(self, command: Command, actor: Actor = _JOB) -> None:
        run(self._state, command, actor)

    def _agency(self) -> None:
        legal = new_id()
        self._run(RegisterPerson(person_id=legal, name="演示法人"))
        stem = f"91310000{secrets.randbelow(10**9):09d}"
        uscc = next(stem + letter for letter in _USCC if uscc_is_valid(stem + letter))
        self._run(
            RegisterAgency(
                agency_id=self._made.agency, name="演示消防技术服务有限公司", uscc=uscc,
                qualifications=["维护保养检测"], legal_person_id=legal, legal_person_name="演示法人",
            )
        )  # fmt: skip

    def _person(self, name: str, *, level_1: bool = False, manager: bool = False) -> str:
        person_id = self._made.persons[name] = new_id()
        kind = "level_1_engineer" if level_1 else "operator"
        certificate = CertificateEntry(kind=kind, number=f"演示-{person_id[-12:]}")
        self._run(RegisterPerson(person_id=person_id, name=name, certificates=[certificate]))
        position: Literal["engineer", "operator"] = "engineer" if level_1 else "operator"
        self._run(
            Employ(
                employment_id=new_id(), agency_id=self._made.agency, person_id=person_id,
                position=position, manager=manager,
            )
        )  # fmt: skip
        return person_id

    def _portrait(self, person_id: str, picture: bytes) -> None:
        """By the same check that a portrait from outside goes through (P-2)."""
        checked = self._state.portraits.check(picture)
        self._run(
            SubmitPortrait(
                person_id=person_id, portrait_id=new_id(), image=checked.picture,
                template=checked.template.vector, engine=checked.template.model, consent=True,
            )
        )  # fmt: skip

    def _project(self, lead: str, technical: str, members: list[str]) -> None:
        entries = [
            MemberEntry(person_id=lead, role="lead"),
            MemberEntry(person_id=technical, role="technical_lead"),
            *(MemberEntry(person_id=person, role="member") for person in members),
        ]
        draft = DraftProject(
            project_id=self._made.project, agency_id=self._made.agency, name=PROJECT, kind="inspection",
            district="黄浦区", address="人民大道 1 号（虚构）", client=CLIENT, contract_number="演示-2026-001",
            starts_on="2026-01-01", ends_on="2035-12-31", lat=SITE[0], lon=SITE[1], people=entries,
        )  # fmt: skip
        self._run(draft, self._office)
        self._run(SubmitProject(project_id=self._made.project), Actor("person", lead))

    def _code(self, kind: Literal["kiosk", "desktop"]) -> str:
        code = fresh_code()
        command = MakePairingCode(agency_id=self._made.agency, kind=kind, code_hash=code_hash(code))
        self._run(command, self._office)
        return code


def run(state: State, command: Command, actor: Actor) -> None:
    """One command under a fresh id."""
    state.bus.run(command, actor=actor, command_id=new_id())


def _contact(state: State, made: Seeded) -> None:
    """A contact who was invited, registered, confirmed, and follows."""
    office, contact_id, token = Actor("account", made.manager), new_id(), secrets.token_urlsafe(32)
    hashed = hashlib.sha256(token.encode()).hexdigest()
    run(state, InviteContact(invitation_id=new_id(), project_id=made.project, token_hash=hashed), office)
    details = {
        "name": "王建国", "telephone": "13800000000", "job": "工程部经理", "client": CLIENT,
        "address": "人民大道 1 号（虚构）",
    }  # fmt: skip
    access = hashlib.sha256(secrets.token_bytes(32)).hexdigest()
    registration = RegisterContact(
        token=token, contact_id=contact_id, access_hash=access, details=details, is_employee=True, agrees=True
    )
    run(state, registration, ANYONE)
    run(state, ConfirmContact(project_id=made.project, contact_id=contact_id), office)
    run(state, FollowChannel(contact_id=contact_id, channel="inbox"), Actor("contact", contact_id))
