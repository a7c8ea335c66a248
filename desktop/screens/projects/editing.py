"""修改项目 and its conflicts as the office sees them: read from the local copy, and the drafts that come of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.context import Context
from core.devices.models import Device
from core.drafts.merge import GroupEdit, edits_of
from core.drafts.models import DraftConflict
from core.drafts.queries import conflicts_of
from core.errors import BadInput
from core.projects import lifecycle
from core.projects.commands import EditProject
from core.projects.editing import head_of, locked_groups
from core.projects.handlers import require_day
from core.projects.models import Project
from core.projects.rules import GROUPS, head_faults
from core.visits.queries import names_of
from desktop import wording
from desktop.ports import Me


@dataclass(frozen=True, slots=True)
class Head:
    """What can be edited of a project, as it stood on the screen."""

    project_id: str
    values: Mapping[str, str]
    submitted: bool
    locked: frozenset[str]
    """Groups that the first visit has locked (J-8)."""

    def fault(self, wanted: Mapping[str, str]) -> str:
        """What keeps this from being saved, as a sentence; the gate asks the same rules again."""
        values = {name: text.strip() for name, text in wanted.items()}
        wrong = [said for name in GROUPS["dates"] if (said := _day_fault(name, values[name]))]
        # Which of two days is the later one can be told only of days.
        found = [
            fault.sentence
            for fault in head_faults(values, submitted=self.submitted)
            if fault.field != "contract" or not wrong
        ]
        return "；".join([*wrong, *found])

    def edit(self, wanted: Mapping[str, str]) -> EditProject:
        """The draft: the groups in which something was changed, with what was seen."""
        return EditProject(project_id=self.project_id, edits=edits_of(GROUPS, self.values, wanted))


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """One group of a project's head of which two values wait to be chosen from."""

    id: str
    project_id: str
    group: str
    now: Mapping[str, str]
    wanted: Mapping[str, str]
    who: str
    device: str
    at_ms: int

    def keep(self) -> EditProject:
        """The draft that leaves what stands."""
        return EditProject(project_id=self.project_id, edits=[], settles=[self.id])

    def adopt(self) -> EditProject:
        """The draft that writes the other value in its place."""
        edit = GroupEdit(group=self.group, seen=dict(self.now), value=dict(self.wanted))
        return EditProject(project_id=self.project_id, edits=[edit], settles=[self.id])


def _day_fault(name: str, text: str) -> str:
    try:
        require_day(text)
    except BadInput as error:
        return f"{wording.FIELDS[name]}：{error.sentence}，{error.hint}"
    return ""


def head(ctx: Context, project: Project) -> Head:
    """The head and what of it may be changed, as far as this copy knows."""
    submitted = project.base_state != lifecycle.SAVED
    return Head(project.id, head_of(project), submitted, locked_groups(ctx, project.id))


def open_lines(
    db: Session, project: Project, rows: Sequence[DraftConflict], me: Me
) -> tuple[ConflictLine, ...]:
    """The conflicts that wait, each with what stands now: that may be another value than when it arose."""
    waiting = [row for row in rows if row.settled_ms is None and row.group_name in GROUPS]
    names = names_of(db, project.id, {row.person_id for row in waiting if row.person_id})
    wanted = {row.device_id for row in waiting}
    devices = dict(db.execute(select(Device.id, Device.name).where(Device.id.in_(wanted))).all())
    values = head_of(project)
    return tuple(
        ConflictLine(
            id=row.id,
            project_id=project.id,
            group=row.group_name,
            now={name: values[name] for name in GROUPS[row.group_name]},
            wanted={name: row.mine.get(name, "") for name in GROUPS[row.group_name]},
            who=me.name if row.actor_id == me.account_id else names.get(row.person_id or "", "本机构人员"),
            device=devices.get(row.device_id or "", ""),
            at_ms=row.at_ms,
        )
        for row in waiting
    )


def rows_of(db: Session, project: Project) -> list[DraftConflict]:
    """Every conflict that the project's head has had."""
    return conflicts_of(db, Project.__tablename__, project.id)
