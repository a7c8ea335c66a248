"""Commands about projects, as far as a project has to come to its first visit."""

from typing import Literal

import msgspec

from core.command import Command, command

Kind = Literal["maintenance", "inspection", "assessment"]
Role = Literal["lead", "technical_lead", "member"]


class MemberEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person and the part that he has in the project."""

    person_id: str
    role: Role


@command("projects.draft", title="项目登记", permission="project.draft")
class DraftProject(Command, kw_only=True):
    """Saves a project with place, people and contract (J-1, J-2); dates are ISO days."""

    project_id: str
    agency_id: str
    name: str
    kind: Kind
    district: str
    address: str
    client: str
    contract_number: str
    starts_on: str
    ends_on: str
    lat: float | None = None
    lon: float | None = None
    radius_m: int = 500
    people: list[MemberEntry] = []


@command("projects.people", title="修改项目人员", permission="project.edit")
class SetPeople(Command, kw_only=True):
    """Replaces the project's people; who stays keeps his row, who leaves gets an end."""

    project_id: str
    people: list[MemberEntry]


@command("projects.place", title="修改项目坐标", permission="project.edit")
class SetPlace(Command, kw_only=True):
    """Moves the point or the radius; locked once a visit has started (J-8)."""

    project_id: str
    lat: float
    lon: float
    radius_m: int


@command("projects.submit", title="提交项目", permission="project.submit")
class SubmitProject(Command, kw_only=True):
    """Submits the project; all rules are checked at once (J-2)."""

    project_id: str


@command("projects.terminate", title="终止项目", permission="project.terminate")
class TerminateProject(Command, kw_only=True):
    """Ends the project for good, with a reason that stays (J-7)."""

    project_id: str
    reason: str


@command("projects.reopen", title="重新开放项目", permission="project.edit")
class ReopenProject(Command, kw_only=True):
    """Takes back that the site work is complete, with a reason (J-7)."""

    project_id: str
    reason: str
