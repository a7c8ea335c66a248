"""An invented office for benchmarks: one agency, many people, many submitted projects."""

import hashlib

from sqlalchemy import text

import core.catalogue  # noqa: F401
from core.agencies.commands import RegisterAgency
from core.bus import Bus
from core.command import Command
from core.contacts.commands import ConfirmContact, InviteContact, RegisterContact
from core.context import ANYONE, Actor
from core.employment.commands import Employ
from core.ids import new_id
from core.practitioners.commands import CertificateEntry, RegisterPerson
from core.projects.commands import DraftProject, MemberEntry, SubmitProject

JOB = Actor("job", new_id())
SITE = (31.2304, 121.4737)


def _run(bus: Bus, command: Command, actor: Actor = JOB) -> None:
    bus.run(command, actor=actor, command_id=new_id())


def make_office(bus: Bus, *, people: int, projects: int, number: int = 0) -> tuple[list[str], list[str]]:
    """Ids of the people and of the projects; person i belongs to projects i and i + 75, modulo their number.

    ``number`` makes several agencies differ.
    """
    agency, legal = new_id(), new_id()
    _run(bus, RegisterPerson(person_id=legal, name="法人"))
    stem = f"91310000MA1K35{number:03d}"
    _run(
        bus,
        RegisterAgency(
            agency_id=agency, name=f"测试机构{number}", uscc=stem + _check(stem),
            qualifications=["维护保养检测"], legal_person_id=legal, legal_person_name="法人",
        ),
    )  # fmt: skip
    staff = [_person(bus, agency, number * 10_000 + i) for i in range(people)]
    chief = Actor("person", legal)
    crews = [
        [person for i, person in enumerate(staff) if (i - n) % projects == 0 or (i + 75 - n) % projects == 0]
        for n in range(projects)
    ]
    return staff, [_project(bus, agency, crew, chief, number * 10_000 + i) for i, crew in enumerate(crews)]


def backdate(bus: Bus) -> None:
    """The office existed all along, so that facts of the past are judged as good ones."""
    with bus.store.writing() as db:
        for table in ("project_member", "project_place", "project_state", "employment"):
            db.execute(text(f"UPDATE {table} SET from_ms = 0 WHERE until_ms IS NULL"))  # noqa: S608
        db.execute(text("UPDATE contact SET confirmed_ms = 0"))


def _check(stem: str) -> str:
    from core.agencies.rules import uscc_is_valid

    return next(letter for letter in "0123456789ABCDEFGHJKLMNPQRTUWXY" if uscc_is_valid(stem + letter))


def _person(bus: Bus, agency: str, number: int) -> str:
    person = new_id()
    certificate = CertificateEntry(kind="level_1_engineer", number=f"B{number}")
    _run(bus, RegisterPerson(person_id=person, name=f"人员{number}", certificates=[certificate]))
    _run(bus, Employ(employment_id=new_id(), agency_id=agency, person_id=person, position="engineer"))
    return person


def _project(bus: Bus, agency: str, staff: list[str], chief: Actor, number: int) -> str:
    project, contact, token = new_id(), new_id(), new_id()
    roles = ["lead", "technical_lead", *["member"] * (len(staff) - 2)]
    people = [MemberEntry(person_id=person, role=role) for person, role in zip(staff, roles, strict=True)]  # type: ignore[arg-type]
    draft = DraftProject(
        project_id=project, agency_id=agency, name=f"项目{number}", kind="inspection", district="黄浦区",
        address="某路", client="某物业", contract_number=f"C{number}", starts_on="2026-01-01", ends_on="2027-12-31",
        lat=SITE[0], lon=SITE[1], people=people,
    )  # fmt: skip
    _run(bus, draft, chief)
    _run(bus, SubmitProject(project_id=project), Actor("person", staff[0]))
    digest = hashlib.sha256(token.encode()).hexdigest()
    _run(bus, InviteContact(invitation_id=new_id(), project_id=project, token_hash=digest), chief)
    details = {
        "name": "联系人",
        "telephone": "13800000000",
        "job": "经理",
        "client": "某物业",
        "address": "某路",
    }
    _run(
        bus,
        RegisterContact(
            token=token, contact_id=contact, access_hash=hashlib.sha256(contact.encode()).hexdigest(),
            details=details, is_employee=True, agrees=True,
        ),
        ANYONE,
    )  # fmt: skip
    _run(bus, ConfirmContact(project_id=project, contact_id=contact), chief)
    return project
