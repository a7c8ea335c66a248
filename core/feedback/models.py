"""Tables of evaluations: what the contact answered, and apart from it his remarks."""

from sqlalchemy import JSON, Boolean, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Id, Millis, Synced, project_scope


class Evaluation(Base, Synced):
    """The one evaluation of a project-day's feedback; fixed once given (V-1, V-2)."""

    __tablename__ = "evaluation"
    __table_args__ = (Index("uq_evaluation_day", "project_id", "day", unique=True),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    feedback_id: Mapped[str] = mapped_column(Id, unique=True)
    project_id: Mapped[str] = mapped_column(Id)
    day: Mapped[str] = mapped_column(String(10))
    contact_id: Mapped[str] = mapped_column(Id)
    questions: Mapped[int] = mapped_column(Integer)
    answers: Mapped[dict[str, bool]] = mapped_column(JSON)
    stars: Mapped[int] = mapped_column(Integer)
    ratings: Mapped[dict[str, int]] = mapped_column(JSON)
    disputed: Mapped[bool] = mapped_column(Boolean)
    given_ms: Mapped[int] = mapped_column(Millis)

    def scopes(self) -> tuple[str, ...]:
        """Seen with the project: a dispute shows to the lead at once (V-2)."""
        return (project_scope(self.project_id),)


class EvaluationPrivate(Base):
    """The contact's own words, sealed with the contact's key (D-2)."""

    __tablename__ = "evaluation_private"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    remarks: Mapped[bytes] = mapped_column(LargeBinary)
