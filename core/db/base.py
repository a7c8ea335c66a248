"""The declarative base of every table, and the mixins that say how a row takes part in sync and history."""

from typing import ClassVar

from sqlalchemy import BigInteger, Index, Integer, MetaData, String, Table, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Id = String(36)
"""Column type of an id: UUIDv7 as lower-case text."""

Millis = BigInteger
"""Column type of a moment: milliseconds since the Unix epoch, UTC."""

Seq = BigInteger().with_variant(Integer(), "sqlite")
"""Column type of a dense number that is a table's key: on SQLite it is the row's own number, without an index."""


def partial_index(name: str, *columns: str, where: str) -> Index:
    """An index of the few rows for which ``where`` holds, on both databases; it costs the many others nothing."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Base(DeclarativeBase):
    """Parent of every table; the naming convention keeps migrations the same on both databases."""

    metadata = MetaData(naming_convention=NAMING)

    __history__: ClassVar[frozenset[str]] = frozenset()
    """Columns whose every change is kept as a field version (J-9)."""


def table_for(model: "type[Base]") -> Table:
    """A model's table, as the type that it is."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} has no table of its own")
    return table


class Synced:
    """A row that devices may hold: it names the scopes in which it is seen.

    The bus stamps such a row with the sequence of its commit, once for each scope.
    """

    def scopes(self) -> tuple[str, ...]:
        """Scopes in which this row is visible, such as ``project:<id>``."""
        raise NotImplementedError


class Lasting:
    """A row that holds from a moment until another; facts are judged by the rows in force at their time."""

    from_ms: Mapped[int] = mapped_column(Millis)
    until_ms: Mapped[int | None] = mapped_column(Millis, default=None)

    def holds_at(self, t_ms: int) -> bool:
        """Whether the row is in force at ``t_ms``: from inclusive, until exclusive."""
        return self.from_ms <= t_ms and (self.until_ms is None or t_ms < self.until_ms)


_FACES = "faces:"


def agency_scope(agency_id: str) -> str:
    """Scope of what every device of an agency may see."""
    return f"agency:{agency_id}"


def project_scope(project_id: str) -> str:
    """Scope of one project's rows."""
    return f"project:{project_id}"


def faces_scope(project_id: str) -> str:
    """Scope of the face templates of one project's people; only kiosks subscribe to it (D-2)."""
    return f"{_FACES}{project_id}"


def lapses(scope: str) -> bool:
    """Whether a device loses a scope with its admission (D-1), and after 30 days without contact (D-2)."""
    return scope.startswith(_FACES)
