"""Which days of a project the office may write a form for, and writing one (F-1)."""

from dataclasses import dataclass

from sqlalchemy import select

from core.clock import Clock, ms_of
from core.context import Context
from core.db.store import Store
from core.projects.models import Project
from core.visits import gates, rules
from core.visits.commands import FormText, SubmitOfficeForm
from core.visits.models import FormRow, VisitRow
from desktop.ports import Me, Online
from desktop.rights import allowed, reader

NOT_MINE = "反馈单由项目负责人或公司管理人员补填"
NO_DAY = "没有需要补填的日期：有执业的日期都已有反馈单，或还有人在现场"


@dataclass(frozen=True, slots=True)
class OfficeDays:
    """The days that want a form, the newest first, or why none can be written."""

    project_id: str
    kind: str = ""
    days: tuple[str, ...] = ()
    obstacle: str = ""


@dataclass(frozen=True, slots=True)
class OfficeText:
    """What was typed."""

    day: str
    work: str
    problems: tuple[str, ...]
    remarks: str
    complete: bool


class OfficeWriter:
    """Asks the rules on this copy, and has the server run the command; called in lanes."""

    def __init__(self, store: Store, online: Online, me: Me, clock: Clock) -> None:
        self._store, self._online, self._me, self._clock = store, online, me, clock

    def days(self, project_id: str) -> OfficeDays:
        """By the rules that the server asks, too."""
        with self._store.reading() as db:
            ctx = reader(db, self._me, ms_of(self._clock.now()))
            project = db.get(Project, project_id)
            if project is None or not allowed(ctx, "feedback.office", project_id):
                return OfficeDays(project_id, obstacle=NOT_MINE)
            found = tuple(day for day in _without_form(ctx, project_id) if _may(ctx, project_id, day))
            return OfficeDays(project_id, project.kind, found, "" if found else NO_DAY)

    def submit(self, project_id: str, text: OfficeText, command_id: str) -> None:
        """The form has the command's own id, so that the same content sent twice is one form."""
        self._online.run(
            SubmitOfficeForm(
                form_id=command_id,
                project_id=project_id,
                day=text.day,
                complete=text.complete,
                text=FormText(work=text.work, problems=list(text.problems), remarks=text.remarks),
            ),
            command_id,
        )


def _without_form(ctx: Context, project_id: str) -> list[str]:
    written = select(FormRow.day).where(FormRow.project_id == project_id, FormRow.note.is_(None))
    days = select(VisitRow.day).where(VisitRow.project_id == project_id, VisitRow.day.not_in(written))
    return list(ctx.db.scalars(days.distinct().order_by(VisitRow.day.desc())))


def _may(ctx: Context, project_id: str, day: str) -> bool:
    return not rules.office_form_breaches(gates.day_visits(ctx, project_id, day), form_exists=False)
