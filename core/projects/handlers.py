"""Handlers of project commands."""

from collections.abc import Callable
from datetime import date

from core.accounts.roles import LEAD, require, roles_of
from core.agencies.models import Agency
from core.agencies.rules import covers
from core.command import handles
from core.context import Context
from core.errors import BadInput, Fault, NotHere, Refused
from core.ids import new_id
from core.projects import lifecycle, queries, rules
from core.projects.commands import (
    DraftProject,
    ReopenProject,
    SetPeople,
    SetPlace,
    SubmitProject,
    TerminateProject,
)
from core.projects.models import Project, ProjectPlace, ProjectState
from core.projects.people import set_people


def project_of(ctx: Context, project_id: str) -> Project:
    """The project's head; raises ``NotHere``."""
    row = ctx.db.get(Project, project_id)
    if row is None:
        raise NotHere("projects.unknown", "找不到这个项目", "请刷新项目列表后再试")
    return row


@handles(DraftProject)
def draft_project(ctx: Context, command: DraftProject) -> dict[str, str]:
    """Saves the project as 已保存 (J-1); its contract number is unique in the agency (J-4)."""
    starts, ends = day_of_text(command.starts_on), day_of_text(command.ends_on)
    number = command.contract_number.strip()
    if queries.contract_taken(ctx.db, command.agency_id, number):
        raise Refused("projects.contract_taken", "本机构已有同一合同编号的项目", "请核对合同编号", rule="J-4")
    if command.radius_m != rules.DEFAULT_RADIUS_M:
        require(ctx, "project.radius", command.subject())
    project = Project(
        id=command.project_id,
        agency_id=command.agency_id,
        name=command.name,
        kind=command.kind,
        base_state=lifecycle.SAVED,
        state=lifecycle.SAVED,
        district=command.district,
        address=command.address,
        client=command.client,
        contract_number=number,
        starts_on=starts.isoformat(),
        ends_on=ends.isoformat(),
    )
    ctx.db.add(project)
    _enter_state(ctx, command.project_id, lifecycle.SAVED, "draft", None)
    if command.lat is not None and command.lon is not None:
        _enter_place(ctx, command.project_id, command.lat, command.lon, command.radius_m)
    ctx.db.flush()
    set_people(ctx, project, command.people)
    return {"project_id": command.project_id}


def day_of_text(text: str) -> date:
    """An ISO day; raises ``BadInput``."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("projects.day", "日期格式不正确", "请按 2026-11-23 的格式填写") from error


def _enter_place(ctx: Context, project_id: str, lat: float, lon: float, radius_m: int) -> None:
    ctx.db.add(
        ProjectPlace(
            id=new_id(), project_id=project_id, lat=lat, lon=lon, radius_m=radius_m, from_ms=ctx.now_ms
        )
    )


def _enter_state(ctx: Context, project_id: str, state: str, move: str, reason: str | None) -> None:
    before = queries.current_state(ctx.db, project_id)
    if before is not None:
        before.until_ms = ctx.now_ms
    ctx.db.add(
        ProjectState(
            id=new_id(), project_id=project_id, state=state, move=move, reason=reason, from_ms=ctx.now_ms
        )
    )


def require_day(text: str) -> None:
    """Raises ``BadInput`` unless the text is a day as it is stored: days are compared as texts."""
    if day_of_text(text).isoformat() != text:
        raise BadInput("projects.day", "日期格式不正确", "请按 2026-11-23 的格式填写")


@handles(SetPeople)
def change_people(ctx: Context, command: SetPeople) -> None:
    """Replaces the people; rows of who was there stay readable (J-9). A submitted project keeps to J-3."""
    project = project_of(ctx, command.project_id)
    set_people(ctx, project, command.people)
    if project.base_state != lifecycle.SAVED:
        ctx.db.flush()
        people = queries.candidates(ctx.db, project.id, project.agency_id, ctx.now_ms)
        require_none(rules.people_faults(people), "项目人员不能这样修改：", "J-3")


def require_none(found: list[Fault], opening: str, rule: str) -> None:
    """Raises with every fault at once (J-2)."""
    if found:
        sentence = opening + "；".join(fault.sentence for fault in found)
        raise Refused("projects.incomplete", sentence, "请补充后再提交", rule=rule, faults=tuple(found))


@handles(SetPlace)
def set_place(ctx: Context, command: SetPlace) -> None:
    """Moves the point unless a visit has started (J-8); the radius is a manager's (S-4)."""
    project_of(ctx, command.project_id)
    if any(locked(ctx, command.project_id) for locked in PLACE_LOCKS):
        raise Refused("projects.locked", "项目已开始执业，坐标和半径不能再修改", "", rule="J-8")
    before = queries.current_place(ctx.db, command.project_id)
    if command.radius_m != (before.radius_m if before else rules.DEFAULT_RADIUS_M):
        require(ctx, "project.radius", command.subject())
    found = rules.place_faults(command.lat, command.lon, command.radius_m)
    require_none(found, "坐标不能这样修改：", "J-6")
    if before is not None:
        before.until_ms = ctx.now_ms
    _enter_place(ctx, command.project_id, command.lat, command.lon, command.radius_m)


PLACE_LOCKS: list[Callable[[Context, str], bool]] = []
"""Features above that know whether the first visit has started (J-8)."""


@handles(SubmitProject)
def submit_project(ctx: Context, command: SubmitProject) -> None:
    """Checks everything at once and moves the project to 已提交 (J-2, J-7)."""
    project = project_of(ctx, command.project_id)
    target = lifecycle.move_from(project.state, "submit")
    require_none(rules.faults(_draft_of(ctx, project)), "项目还不能提交：", "J-2")
    project.base_state = project.state = target
    _enter_state(ctx, project.id, target, "submit", None)


def _draft_of(ctx: Context, project: Project) -> rules.Draft:
    agency = ctx.db.get_one(Agency, project.agency_id)
    place = queries.current_place(ctx.db, project.id)
    return rules.Draft(
        covered=covers(agency.qualifications, project.kind),
        people=queries.candidates(ctx.db, project.id, project.agency_id, ctx.now_ms),
        lat=place.lat if place else None,
        lon=place.lon if place else None,
        radius_m=place.radius_m if place else rules.DEFAULT_RADIUS_M,
        starts_on=day_of_text(project.starts_on),
        ends_on=day_of_text(project.ends_on),
        client=project.client,
        contract_number=project.contract_number,
    )


@handles(TerminateProject)
def terminate_project(ctx: Context, command: TerminateProject) -> None:
    """Ends the project; the reason can be read for ever and never changed (J-7)."""
    project = project_of(ctx, command.project_id)
    if LEAD not in roles_of(ctx, command.subject()) and queries.has_lead(ctx.db, project):
        raise Refused("projects.lead_there", "项目由项目负责人终止", "请由项目负责人操作", rule="J-7")
    target = lifecycle.move_from(project.state, "terminate", command.reason)
    project.base_state = project.state = target
    project.end_reason = command.reason.strip()
    _enter_state(ctx, project.id, target, "terminate", project.end_reason)


@handles(ReopenProject)
def reopen_project(ctx: Context, command: ReopenProject) -> None:
    """Takes back "complete", so that visits may start again (J-7)."""
    project = project_of(ctx, command.project_id)
    target = lifecycle.move_from(project.state, "reopen", command.reason)
    project.base_state = project.state = target
    _enter_state(ctx, project.id, target, "reopen", command.reason.strip())
