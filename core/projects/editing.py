"""Editing a project's head: a draft, made offline too, merged group by group into what others have changed."""

from core.command import gates, handles
from core.context import Context
from core.drafts import conflicts
from core.drafts.merge import Merged, merge
from core.errors import Refused
from core.projects import lifecycle, queries, rules
from core.projects.commands import EditProject
from core.projects.handlers import PLACE_LOCKS, project_of, require_day, require_none
from core.projects.models import Project


@gates(EditProject)
def gate_edit(ctx: Context, command: EditProject) -> None:
    """Refuses at once what the rules refuse on this copy; a conflict is no refusal."""
    _merged(ctx, project_of(ctx, command.project_id), command)


@handles(EditProject)
def edit_project(ctx: Context, command: EditProject) -> dict[str, list[str]]:
    """Writes what nobody else changed, keeps both values of what somebody did, and names those conflicts."""
    project = project_of(ctx, command.project_id)
    merged = _merged(ctx, project, command)
    for name, value in merged.values.items():
        setattr(project, name, value)
    conflicts.settle(ctx, project.id, command.settles, command.edits, merged.clashes)
    scope = project.scopes()[0]
    return {"conflicts": conflicts.keep(ctx, scope, Project.__tablename__, project.id, merged.clashes)}


def _merged(ctx: Context, project: Project, command: EditProject) -> Merged:
    """The head after the edit; raises when a rule refuses the merged record."""
    if command.edits and project.state in lifecycle.ENDED:  # what stands may still be chosen
        title = lifecycle.TITLES[project.state]
        raise Refused("projects.ended", f"{title}的项目不能再修改", "", rule="J-7")
    before = head_of(project)
    merged = merge(rules.GROUPS, before, command.edits)
    _require_unlocked(ctx, project, before, merged.values)
    for name in rules.GROUPS["dates"]:
        require_day(merged.values[name])
    submitted = project.base_state != lifecycle.SAVED
    require_none(rules.head_faults(merged.values, submitted=submitted), "项目不能这样修改：", "J-2")
    if queries.contract_taken(ctx.db, project.agency_id, merged.values["contract_number"], but=project.id):
        raise Refused("projects.contract_taken", "本机构已有同一合同编号的项目", "请核对合同编号", rule="J-4")
    return merged


def head_of(project: Project) -> dict[str, str]:
    """The fields of the head that can be edited."""
    return {name: getattr(project, name) for names in rules.GROUPS.values() for name in names}


def locked_groups(ctx: Context, project_id: str) -> frozenset[str]:
    """Groups that the first visit has locked, as far as this copy knows (J-8)."""
    visited = any(locked(ctx, project_id) for locked in PLACE_LOCKS)
    return frozenset(rules.GROUPS) - rules.OPEN_GROUPS if visited else frozenset()


def _require_unlocked(ctx: Context, project: Project, before: dict[str, str], after: dict[str, str]) -> None:
    """After the first visit only the open groups may change (J-8)."""
    changed = {
        group for group, names in rules.GROUPS.items() if any(before[name] != after[name] for name in names)
    }
    # The visits are asked for only where it matters.
    if changed - rules.OPEN_GROUPS and locked_groups(ctx, project.id):
        raise Refused(
            "projects.locked", "项目已开始执业，委托单位、地址、合同编号和日期不能再修改",
            "名称仍可修改；其他内容需要变更时请新建项目", rule="J-8",
        )  # fmt: skip
