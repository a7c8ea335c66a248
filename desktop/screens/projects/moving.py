"""What an office may do with a project, and the two moves that it makes: 重新开放 and 终止 (J-7)."""

from dataclasses import dataclass

from core.accounts.roles import LEAD
from core.context import Context
from core.projects.commands import ReopenProject, TerminateProject
from core.projects.lifecycle import ENDED, MOVES, TITLES
from core.projects.models import Project
from core.projects.queries import has_lead
from desktop.ports import Online
from desktop.rights import allowed, roles_in


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What keeps the account from each move, as a sentence; empty if nothing does."""

    reopen: str = ""
    terminate: str = ""
    edit: str = ""
    choose: str = ""
    """Which value of a conflict stands: also when the project has ended."""


def obstacles(ctx: Context, project: Project) -> Obstacles:
    """As this copy's rows have it; the server decides."""
    may_not = "" if allowed(ctx, "project.edit", project.id) else "由项目负责人或公司管理人员修改"
    ended = f"{TITLES[project.state]}的项目不能再修改" if project.state in ENDED else ""
    return Obstacles(
        reopen=_state(project, "reopen") or _reopen(ctx, project),
        terminate=_terminate(ctx, project),
        edit=ended or may_not,
        choose=may_not,
    )


def _state(project: Project, move: str) -> str:
    known = MOVES[move]
    if project.state in known.sources:
        return ""
    return f"{TITLES.get(project.state, project.state)}的项目不能{known.title}"


def _reopen(ctx: Context, project: Project) -> str:
    return "" if allowed(ctx, "project.reopen", project.id) else "由项目负责人重新开放"


def _terminate(ctx: Context, project: Project) -> str:
    if found := _state(project, "terminate"):
        return found
    if not allowed(ctx, "project.terminate", project.id):
        return "由项目负责人终止；负责人不在时由公司管理人员终止"
    if LEAD not in roles_in(ctx, project.id) and has_lead(ctx.db, project):
        return "由项目负责人终止"
    return ""


def reopen(online: Online, project_id: str, reason: str, command_id: str) -> None:
    """Takes back that the site work is complete."""
    online.run(ReopenProject(project_id=project_id, reason=reason), command_id)


def terminate(online: Online, project_id: str, reason: str, command_id: str) -> None:
    """Ends the project for good."""
    online.run(TerminateProject(project_id=project_id, reason=reason), command_id)
