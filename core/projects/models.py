"""Tables of projects: the head, and the rows that hold from a moment until another — people, place, state."""

from sqlalchemy import Float, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Id, Lasting, Synced, agency_scope, faces_scope, project_scope


class Project(Base, Synced):
    """One contract's work at one place; ``state`` is what is shown, ``base_state`` what was moved by hand (J-7)."""

    __tablename__ = "project"
    __table_args__ = (
        # A draft may have no contract number yet (J-1), and several drafts may have none.
        Index(
            "uq_project_contract", "agency_id", "contract_number", unique=True,
            sqlite_where=text("contract_number <> ''"), postgresql_where=text("contract_number <> ''"),
        ),
    )  # fmt: skip
    __history__ = frozenset(
        {"name", "state", "address", "district", "client", "contract_number", "starts_on", "ends_on"}
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    agency_id: Mapped[str] = mapped_column(Id, index=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    base_state: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    district: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(200))
    client: Mapped[str] = mapped_column(String(200))
    contract_number: Mapped[str] = mapped_column(String(60))
    starts_on: Mapped[str] = mapped_column(String(10))
    ends_on: Mapped[str] = mapped_column(String(10))
    end_reason: Mapped[str | None] = mapped_column(Text, default=None)

    def scopes(self) -> tuple[str, ...]:
        """Every device of the agency sees the head."""
        return (agency_scope(self.agency_id),)


class ProjectMember(Base, Lasting, Synced):
    """A person in a project as lead, technical lead or member (S-2)."""

    __tablename__ = "project_member"
    __history__ = frozenset({"person_id", "role", "until_ms"})

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, index=True)
    person_id: Mapped[str] = mapped_column(Id, index=True)
    person_name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20))

    def scopes(self) -> tuple[str, ...]:
        """Seen with the project."""
        return (project_scope(self.project_id),)


class ProjectPlace(Base, Lasting, Synced):
    """The project's point (WGS-84) and radius; a visit is judged against the one in force at its start (J-8)."""

    __tablename__ = "project_place"
    __history__ = frozenset({"lat", "lon", "radius_m", "until_ms"})

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, index=True)
    lat: Mapped[float] = mapped_column(Float(53))
    lon: Mapped[float] = mapped_column(Float(53))
    radius_m: Mapped[int] = mapped_column(Integer)

    def scopes(self) -> tuple[str, ...]:
        """Seen with the project."""
        return (project_scope(self.project_id),)


class ProjectState(Base, Lasting, Synced):
    """A state that a person or a report moved the project to; ``practised`` is derived from the forms instead."""

    __tablename__ = "project_state"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, index=True)
    state: Mapped[str] = mapped_column(String(20))
    move: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text, default=None)

    def scopes(self) -> tuple[str, ...]:
        """Seen with the project."""
        return (project_scope(self.project_id),)


class ProjectFace(Base, Synced):
    """Says that a project's kiosks need this person's template; the template itself stays sealed (D-2)."""

    __tablename__ = "project_face"
    __table_args__ = (Index("uq_project_face_pair", "project_id", "person_id", unique=True),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id)
    person_id: Mapped[str] = mapped_column(Id, index=True)
    portrait_id: Mapped[str] = mapped_column(Id)
    engine: Mapped[str] = mapped_column(String(80))
    template: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    """Filled on devices only; the server opens the sealed portrait's template when a kiosk pulls the row."""

    def scopes(self) -> tuple[str, ...]:
        """Seen by kiosks that hold the project."""
        return (faces_scope(self.project_id),)
