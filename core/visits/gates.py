"""The gates of the facts: run on the device before anything is written down, refusing what the rules refuse (S-18)."""

from sqlalchemy import select

from core.clock import day_of_ms
from core.command import gates
from core.context import Context
from core.errors import NotHere
from core.visits import rules
from core.visits.commands import AttemptFailed, FormSubmitted, VisitEnded, VisitStarted
from core.visits.inforce import InForce
from core.visits.judging import fix_of, is_live, locate
from core.visits.models import FormRow, VisitRow, is_open
from core.visits.outcome import VerdictState
from core.visits.sources import Admitted, admitted

OPEN = VerdictState.OPEN.value
DAY_MS = 24 * 3_600_000


def _project_is_here(ctx: Context, inforce: InForce, project_id: str) -> None:
    if not inforce.knows(project_id):
        raise NotHere("visits.not_here", "本机没有这个项目的数据，待服务器确认", "请联网同步后再试")


@gates(VisitStarted)
def gate_start(ctx: Context, command: VisitStarted) -> None:
    """Refuses a start that breaks a rule, with the most telling reason (S-1 to S-6, S-15)."""
    inforce = InForce(ctx.db.connection(), [command.project_id], [command.person_id])
    _project_is_here(ctx, inforce, command.project_id)
    standing = inforce.standing(command.person_id, command.project_id, ctx.now_ms)
    device = admitted(ctx.db, [ctx.device_id]).get(ctx.device_id, Admitted())
    position, claimable = locate(standing.place, fix_of(command.fix), device)
    live = is_live(ctx.db, ctx.device_id, command.face.liveness)
    breaches = rules.start_breaches(standing, position, live=live, claimable=claimable)
    breaches += _day_breaches(ctx, inforce, command)
    if breaches:
        raise breaches[0].refusal()


def _day_breaches(ctx: Context, inforce: InForce, command: VisitStarted) -> list[rules.Breach]:
    found = []
    if open_visit(ctx, command.person_id) is not None:
        found.append(rules.OPEN_ELSEWHERE)
    today = day_of_ms(ctx.now_ms).isoformat()
    if counting_form(ctx, command.project_id, today) is not None:
        found.append(rules.DAY_CLOSED)
    if is_complete(ctx, inforce, command.project_id):
        found.append(rules.WORK_COMPLETE)
    others = [v for v in day_visits(ctx, command.project_id, today) if v.person != command.person_id]
    if command.claims and any(v.claims and (v.open or v.ended) for v in others):
        found.append(rules.CLAIMED)
    return found


@gates(VisitEnded)
def gate_end(ctx: Context, command: VisitEnded) -> None:
    """Accepts an end anywhere (S-7), but only of a visit that this device knows to be open, by a living face."""
    visit = open_visit(ctx, command.person_id)
    if visit is None or visit.project_id != command.project_id:
        raise rules.NOT_OPEN.refusal()
    require_live(ctx, command.face.liveness)


def require_live(ctx: Context, liveness: str) -> None:
    """Refuses a still picture where this device was not admitted for it: the kiosk's own switch decides nothing."""
    for breach in rules.end_breaches(live=is_live(ctx.db, ctx.device_id, liveness)):
        raise breach.refusal()


@gates(FormSubmitted)
def gate_form(ctx: Context, command: FormSubmitted) -> None:
    """Refuses a form by who may not fill it, or a second one for the day (F-1)."""
    exists = counting_form(ctx, command.project_id, command.day) is not None
    visits = day_visits(ctx, command.project_id, command.day)
    breaches = rules.form_breaches(command.person_id, visits, form_exists=exists)
    if breaches:
        raise breaches[0].refusal()


@gates(AttemptFailed)
def gate_attempt(ctx: Context, command: AttemptFailed) -> None:
    """A refused check-in is always kept (S-3)."""


def open_visit(ctx: Context, person_id: str) -> VisitRow | None:
    """The person's open visit anywhere, unless its 24 hours are over (S-5, S-8)."""
    found = select(VisitRow).where(
        VisitRow.person_id == person_id, is_open(), VisitRow.started_ms >= ctx.now_ms - DAY_MS
    )
    return ctx.db.scalars(found.order_by(VisitRow.started_ms.desc())).first()


def counting_form(ctx: Context, project_id: str, day: str) -> FormRow | None:
    """The day's form that counts (F-1)."""
    found = select(FormRow).where(
        FormRow.project_id == project_id, FormRow.day == day, FormRow.note.is_(None)
    )
    return ctx.db.scalars(found).first()


def is_complete(ctx: Context, inforce: InForce, project_id: str) -> bool:
    """Whether a counting form says that the work is complete and the lead has not taken that back (J-7)."""
    since = max(inforce.reopenings(project_id), default=0)
    found = select(FormRow.id).where(
        FormRow.project_id == project_id,
        FormRow.complete,
        FormRow.note.is_(None),
        FormRow.submitted_ms >= since,
    )
    return ctx.db.scalars(found).first() is not None


def day_visits(ctx: Context, project_id: str, day: str) -> list[rules.DayVisit]:
    """The project-day's valid visits as the form's rules see them."""
    rows = ctx.db.scalars(select(VisitRow).where(VisitRow.project_id == project_id, VisitRow.day == day))
    return [
        rules.DayVisit(
            person=row.person_id,
            open=row.state == OPEN and row.started_ms >= ctx.now_ms - DAY_MS,
            ended=row.ended_ms is not None and row.closed_by is None,
            claims=row.claims,
        )
        for row in rows
        if row.state != VerdictState.INVALID.value
    ]
