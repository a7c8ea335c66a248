"""Tables of employment."""

from sqlalchemy import Boolean, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Id, Lasting, Synced, agency_scope


class Employment(Base, Lasting, Synced):
    """An active employment of a person with an agency; carries the name, so that devices can show it."""

    __tablename__ = "employment"
    __table_args__ = (
        Index("ix_employment_person_agency", "person_id", "agency_id"),
        # E-2. Not on SQLite: a device may apply rows in an order in which two are active for a moment.
        Index(
            "uq_employment_active", "person_id", unique=True, postgresql_where=text("until_ms IS NULL")
        ).ddl_if(dialect="postgresql"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    agency_id: Mapped[str] = mapped_column(Id, index=True)
    person_id: Mapped[str] = mapped_column(Id)
    person_name: Mapped[str] = mapped_column(String(60))
    position: Mapped[str] = mapped_column(String(20))
    manager: Mapped[bool] = mapped_column(Boolean, default=False)

    def scopes(self) -> tuple[str, ...]:
        """Every device of the agency sees who works there."""
        return (agency_scope(self.agency_id),)
