"""What 反馈与评价 shows: forms, the day's visits, what the client answered, and words from the server."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.store import Store
from core.errors import NotHere
from core.feedback.models import Evaluation
from core.feedback.questions import asked
from core.visits.queries import FormLine, VisitLine, form_lines, visit_lines
from desktop.ports import FeedbackText, Online


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the six questions with the contact's answer; None if this version did not get one."""

    title: str
    text: str
    yes: bool | None


@dataclass(frozen=True, slots=True)
class EvaluationLine:
    """What the client's contact said (V-1, V-2)."""

    given_ms: int
    stars: int
    disputed: bool
    answers: tuple[Answer, ...]
    ratings: dict[str, int]


@dataclass(frozen=True, slots=True)
class FeedbackLine:
    """A form and, if it was given, the evaluation of it."""

    form: FormLine
    evaluation: EvaluationLine | None

    @property
    def id(self) -> str:
        """The form's id."""
        return self.form.id

    @property
    def supplement(self) -> bool:
        """Whether another form counts for its day: kept and shown as 补充 (F-4)."""
        return self.form.note is not None

    @property
    def rated(self) -> str:
        """The evaluation in a word."""
        if self.supplement:
            return "补充"
        if self.evaluation is None:
            return "待评价"
        return "有争议" if self.evaluation.disputed else "已评价"


@dataclass(frozen=True, slots=True)
class Feedback:
    """One form in detail, as this copy holds it."""

    line: FeedbackLine
    visits: tuple[VisitLine, ...]


class FeedbackPresenter:
    """Reads the local copy, and the words from the server; every method is called in a lane."""

    def __init__(self, store: Store, online: Online) -> None:
        self._store, self._online = store, online

    def lines(self, project_id: str) -> list[FeedbackLine]:
        """A project's forms."""
        with self._store.reading() as db:
            given = _evaluations(db, project_id)
            return [FeedbackLine(form, given.get(form.id)) for form in form_lines(db, project_id)]

    def feedback(self, project_id: str, form_id: str) -> Feedback:
        """One form with the day's visits."""
        line = next((line for line in self.lines(project_id) if line.id == form_id), None)
        if line is None:
            raise NotHere("feedback.unknown", "本机还没有这份反馈单的数据")
        with self._store.reading() as db:
            visits = visit_lines(db, project_id, line.form.day)
        return Feedback(line, tuple(reversed(visits)))

    def text(self, form_id: str) -> FeedbackText:
        """What the form says; the server says who may read it."""
        return self._online.feedback(form_id)


def _evaluations(db: Session, project_id: str) -> dict[str, EvaluationLine]:
    rows = db.scalars(select(Evaluation).where(Evaluation.project_id == project_id))
    return {row.feedback_id: _evaluation(row) for row in rows}


def _evaluation(row: Evaluation) -> EvaluationLine:
    known = asked(row.questions)
    answers = [Answer(q.title, q.text, row.answers.get(q.key)) for q in known]
    if not known:  # a newer version of the questions: show the answers by their keys rather than nothing
        answers = [Answer(key, key, value) for key, value in row.answers.items()]
    return EvaluationLine(row.given_ms, row.stars, row.disputed, tuple(answers), dict(row.ratings))
