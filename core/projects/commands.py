"""Commands about projects, as far as a project has to come to its first visit."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from core.command import Command, command
from core.drafts.merge import GroupEdit
from core.fields import Key, Latitude, Line, Longitude, Name
from core.projects.rules import DEFAULT_RADIUS_M

Kind = Literal["maintenance", "inspection", "assessment"]
Role = Literal["lead", "technical_lead", "member"]
Radius = Annotated[int, Meta(ge=1, le=100_000)]
"""Metres; how many are allowed is a rule, and a fault among others (J-2)."""


class MemberEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person and the part that he has in the project."""

    person_id: Key
    role: Role


@command("projects.draft", title="项目登记", permission="project.draft")
class DraftProject(Command, kw_only=True):
    """Saves a project with place, people and contract (J-1, J-2); dates are ISO days."""

    project_id: Key
    agency_id: Key
    name: Line
    kind: Kind
    district: Annotated[str, Meta(max_length=40)]
    address: Line
    client: Line
    contract_number: Name
    starts_on: str
    ends_on: str
    lat: Latitude | None = None
    lon: Longitude | None = None
    radius_m: Radius = DEFAULT_RADIUS_M
    people: list[MemberEntry] = []

    def subject(self) -> dict[str, str]:
        """The agency alone: the project is not there yet, and one of that id gives no right."""
        return {"agency_id": self.agency_id}


@command("projects.edit", title="修改项目", permission="project.edit", offline="draft")
class EditProject(Command, kw_only=True):
    """Changes the head's words by groups (``rules.GROUPS``), also offline; may settle conflicts that edits left."""

    project_id: Key
    edits: Annotated[list[GroupEdit], Meta(max_length=10)]
    settles: Annotated[list[Key], Meta(max_length=20)] = []


@command("projects.people", title="修改项目人员", permission="project.edit")
class SetPeople(Command, kw_only=True):
    """Replaces the project's people; who stays keeps his row, who leaves gets an end."""

    project_id: Key
    people: list[MemberEntry]


@command("projects.place", title="修改项目坐标", permission="project.edit")
class SetPlace(Command, kw_only=True):
    """Moves the point or the radius; locked once a visit has started (J-8)."""

    project_id: Key
    lat: Latitude
    lon: Longitude
    radius_m: Radius


@command("projects.submit", title="提交项目", permission="project.submit")
class SubmitProject(Command, kw_only=True):
    """Submits the project; all rules are checked at once (J-2)."""

    project_id: Key


@command("projects.terminate", title="终止项目", permission="project.terminate")
class TerminateProject(Command, kw_only=True):
    """Ends the project for good, with a reason that stays (J-7)."""

    project_id: Key
    reason: str


@command("projects.reopen", title="重新开放项目", permission="project.reopen")
class ReopenProject(Command, kw_only=True):
    """Takes back that the site work is complete, with a reason (J-7)."""

    project_id: Key
    reason: str
