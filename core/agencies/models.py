"""Tables of agencies."""

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Id, Synced, agency_scope


class Agency(Base, Synced):
    """A fire-safety technical service agency with its qualifications."""

    __tablename__ = "agency"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    uscc: Mapped[str] = mapped_column(String(18), unique=True)
    qualifications: Mapped[list[str]] = mapped_column(JSON)
    legal_person_id: Mapped[str] = mapped_column(Id)

    def scopes(self) -> tuple[str, ...]:
        """Every device of the agency sees it."""
        return (agency_scope(self.id),)
