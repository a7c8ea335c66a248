"""A small invented agency made by commands: people, a submitted inspection project, a confirmed contact."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import update

import core.catalogue  # noqa: F401
from core.accounts.commands import CreateAccount
from core.accounts.models import Account
from core.agencies.commands import RegisterAgency
from core.agencies.rules import uscc_is_valid
from core.bus import Bus, Outcome
from core.command import Command
from core.contacts.commands import ConfirmContact, FollowChannel, InviteContact, RegisterContact
from core.context import Actor
from core.employment.commands import Employ, Position
from core.ids import new_id
from core.practitioners.commands import CertificateEntry, RegisterPerson, SubmitPortrait
from core.projects.commands import DraftProject, Kind, MemberEntry, SubmitProject

JOB = Actor("job", "00000000-0000-5000-8000-000000000001")
SITE = (31.2304, 121.4737)
PASSWORD = "测试口令abc123"
_USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def run(bus: Bus, command: Command, actor: Actor = JOB) -> Outcome:
    """Runs one command under a fresh id."""
    return bus.run(command, actor=actor, command_id=new_id())


def valid_uscc(number: int) -> str:
    """An invented credit code with the right check character."""
    stem = f"91310000{number:09d}"
    return next(stem + letter for letter in _USCC_LETTERS if uscc_is_valid(stem + letter))


@dataclass
class World:
    """Ids of what was made, and the bus that made it."""

    bus: Bus
    agency: str = field(default_factory=new_id)
    manager: str = ""
    manager_account: str = field(default_factory=new_id)
    lead: str = ""
    technical: str = ""
    members: list[str] = field(default_factory=list)
    projects: list[str] = field(default_factory=list)
    contacts: list[str] = field(default_factory=list)

    def ids(self) -> dict[str, Any]:
        """What a copy of the database needs to be known by: ``World(bus, **ids)``."""
        return {name: value for name, value in vars(self).items() if name != "bus"}

    @property
    def office(self) -> Actor:
        """The manager's account."""
        return Actor("account", self.manager_account)

    def person(self, name: str, *, level_1: bool = False, manager: bool = False) -> str:
        """Enters a person with employment and a portrait whose template is not a real one."""
        person_id, number = new_id(), new_id()[-12:]
        kind = "level_1_engineer" if level_1 else "operator"
        certificates = [CertificateEntry(kind=kind, number=number)]
        run(self.bus, RegisterPerson(person_id=person_id, name=name, certificates=certificates))
        position: Position = "engineer" if level_1 else "operator"
        run(
            self.bus,
            Employ(
                employment_id=new_id(),
                agency_id=self.agency,
                person_id=person_id,
                position=position,
                manager=manager,
            ),
        )
        portrait = SubmitPortrait(
            person_id=person_id,
            portrait_id=new_id(),
            image=b"jpeg",
            template=b"t" * 512,
            engine="fake",
            consent=True,
        )
        run(self.bus, portrait)
        return person_id

    def project(
        self, *, kind: Kind = "inspection", contact: bool = True, members: list[str] | None = None
    ) -> str:
        """A submitted project with the agency's people and a confirmed, following contact."""
        project_id = new_id()
        people = [
            MemberEntry(person_id=self.lead, role="lead"),
            MemberEntry(person_id=self.technical, role="technical_lead"),
        ]
        chosen = self.members if members is None else members
        people += [MemberEntry(person_id=person, role="member") for person in chosen]
        draft = DraftProject(
            project_id=project_id,
            agency_id=self.agency,
            name=f"示例项目{len(self.projects) + 1}",
            kind=kind,
            district="黄浦区",
            address="人民大道1号",
            client="示例物业",
            contract_number=new_id(),
            starts_on="2026-01-01",
            ends_on="2027-12-31",
            lat=SITE[0],
            lon=SITE[1],
            people=people,
        )
        run(self.bus, draft, self.office)
        run(self.bus, SubmitProject(project_id=project_id), Actor("person", self.lead))
        self.projects.append(project_id)
        if contact:
            self.contacts.append(self.contact(project_id))
        return project_id

    def contact(self, project_id: str) -> str:
        """Invites, registers, confirms a contact who follows the inbox."""
        token, contact_id = new_id(), new_id()
        invitation = InviteContact(
            invitation_id=new_id(),
            project_id=project_id,
            token_hash=hashlib.sha256(token.encode()).hexdigest(),
        )
        run(self.bus, invitation, self.office)
        details = {
            "name": "联系人甲",
            "telephone": "13800000000",
            "job": "经理",
            "client": "示例物业",
            "address": "某路",
        }
        run(
            self.bus,
            RegisterContact(
                token=token,
                contact_id=contact_id,
                access_hash=hashlib.sha256(contact_id.encode()).hexdigest(),
                details=details,
                is_employee=True,
                agrees=True,
            ),
            Actor("anyone"),
        )
        run(self.bus, ConfirmContact(project_id=project_id, contact_id=contact_id), self.office)
        run(self.bus, FollowChannel(contact_id=contact_id, channel="inbox"), Actor("contact", contact_id))
        return contact_id


def make_world(bus: Bus, *, members: int = 2, number: int = 1) -> World:
    """An agency with a manager (with an account), a lead, a technical lead and members."""
    world = World(bus)
    legal = new_id()
    run(bus, RegisterPerson(person_id=legal, name="法人甲"))
    run(
        bus,
        RegisterAgency(
            agency_id=world.agency,
            name="示例消防技术服务有限公司",
            uscc=valid_uscc(number),
            qualifications=["维护保养检测"],
            legal_person_id=legal,
            legal_person_name="法人甲",
        ),
    )
    world.manager = world.person("经理甲", manager=True)
    run(
        bus,
        CreateAccount(
            account_id=world.manager_account,
            login=f"manager{number}",
            password=PASSWORD,
            person_id=world.manager,
        ),
    )
    world.lead = world.person("项目负责人甲", level_1=True)
    world.technical = world.person("技术负责人甲", level_1=True)
    world.members = [world.person(f"操作员{i}") for i in range(members)]
    return world


def template(bus: Bus, *, project: bool = False) -> dict[str, Any]:
    """The agency in a database that will be copied; its manager's password is hashed so that logging in is quick."""
    world = make_world(bus)
    if project:
        world.project()
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with bus.store.writing() as db:
        db.execute(update(Account).values(password_hash=quick))
    return world.ids()
