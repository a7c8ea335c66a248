"""Handlers of evaluation commands."""

from collections.abc import Callable

from sqlalchemy import or_, select

from core.command import handles
from core.context import Context
from core.errors import BadInput, NotHere, Refused
from core.feedback import rules
from core.feedback.commands import GiveEvaluation
from core.feedback.models import Evaluation, EvaluationPrivate
from core.visits.facts import SealKind
from core.visits.models import FormRow, VisitRow
from core.visits.seals import give_seal


def seal(ctx: Context, evaluation: Evaluation) -> None:
    """Freezes the project-day's verdicts: what comes late from now on is a 更正 (S-18)."""
    give_seal(ctx, evaluation.project_id, evaluation.day, SealKind.EVALUATED)


EVALUATION_LISTENERS: list[Callable[[Context, Evaluation], None]] = [seal]
"""What follows an evaluation in the same transaction; features above add what concerns them."""


@handles(GiveEvaluation)
def give_evaluation(ctx: Context, command: GiveEvaluation) -> dict[str, str | bool]:
    """Keeps the evaluation of the day's counting form; a second one is refused (V-1, V-2)."""
    form = _form(ctx, command)
    _require_first(ctx, form)
    people = ctx.db.scalars(
        select(VisitRow.person_id).where(VisitRow.project_id == form.project_id, VisitRow.day == form.day)
    )
    found = rules.faults(
        command.questions, command.answers, command.stars, command.ratings, set(people), command.remarks
    )
    if found:
        sentence = "评价还不能提交：" + "；".join(dict.fromkeys(fault.sentence for fault in found))
        raise BadInput("evaluations.incomplete", sentence, "请补充后再提交", rule="V-1", faults=tuple(found))
    row = _row(ctx, command, form)
    ctx.db.add(row)
    if command.remarks.strip():
        sealed = ctx.vault.seal(ctx.db, row.contact_id, command.remarks.strip().encode())
        ctx.db.add(EvaluationPrivate(id=row.id, remarks=sealed))
    ctx.db.flush()
    for listener in EVALUATION_LISTENERS:
        listener(ctx, row)
    return {"evaluation_id": row.id, "disputed": row.disputed}


def _form(ctx: Context, command: GiveEvaluation) -> FormRow:
    form = ctx.db.get(FormRow, command.feedback_id)
    if form is None or form.project_id != command.project_id:
        raise NotHere("evaluations.unknown", "找不到这份执业反馈单", "请返回消息列表重新打开")
    if form.note is not None:
        raise Refused(
            "evaluations.displaced", "这份反馈单仅作补充，不需要评价", "请评价当天被采用的反馈单", rule="F-4"
        )
    return form


def _require_first(ctx: Context, form: FormRow) -> None:
    same_day = (Evaluation.project_id == form.project_id) & (Evaluation.day == form.day)
    given = select(Evaluation.id).where(or_(Evaluation.feedback_id == form.id, same_day))
    if ctx.db.scalar(given):
        raise Refused(
            "evaluations.given", "这份反馈单已经评价过，评价提交后不能修改", "可返回查看评价内容", rule="V-1"
        )


def _row(ctx: Context, command: GiveEvaluation, form: FormRow) -> Evaluation:
    return Evaluation(
        id=command.evaluation_id,
        feedback_id=form.id,
        project_id=form.project_id,
        day=form.day,
        contact_id=ctx.actor.id or "",
        questions=command.questions,
        answers=dict(command.answers),
        stars=command.stars,
        ratings=dict(command.ratings),
        disputed=rules.is_disputed(command.answers),
        given_ms=ctx.now_ms,
    )
