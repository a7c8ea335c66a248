"""Reads evaluations: what waits for a contact, what was said about a feedback, and a project's list."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.contacts.rules import ERASED
from core.db.vault import Vault
from core.errors import NotHere
from core.feedback.models import Evaluation, EvaluationPrivate
from core.visits.models import FormRow


def form(db: Session, feedback_id: str) -> FormRow:
    """One feedback form; raises ``NotHere``."""
    row = db.get(FormRow, feedback_id)
    if row is None:
        raise NotHere("feedback.unknown", "找不到这份执业反馈单", "请返回消息列表重新打开")
    return row


def waiting(db: Session, projects: Sequence[str]) -> list[FormRow]:
    """The counting forms of these projects that nobody has evaluated, pushed or not (X-2), the newest first."""
    evaluated = select(Evaluation.id).where(
        Evaluation.project_id == FormRow.project_id, Evaluation.day == FormRow.day
    )
    wanted = select(FormRow).where(
        FormRow.project_id.in_(projects), FormRow.note.is_(None), ~evaluated.exists()
    )
    return list(db.scalars(wanted.order_by(FormRow.day.desc(), FormRow.id.desc())))


def of_feedback(db: Session, feedback_id: str) -> Evaluation | None:
    """The evaluation of a feedback; None while it waits for one."""
    return db.scalar(select(Evaluation).where(Evaluation.feedback_id == feedback_id))


def of_project(db: Session, project_id: str) -> list[Evaluation]:
    """A project's evaluations, the newest day first (V-1)."""
    rows = select(Evaluation).where(Evaluation.project_id == project_id)
    return list(db.scalars(rows.order_by(Evaluation.day.desc())))


def remarks(db: Session, vault: Vault, evaluation: Evaluation) -> str:
    """The contact's own words; empty when he wrote none, 已删除 when they were erased."""
    row = db.get(EvaluationPrivate, evaluation.id)
    if row is None:
        return ""
    try:
        return vault.open(db, evaluation.contact_id, row.remarks).decode()
    except NotHere:
        return ERASED
