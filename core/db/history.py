"""Keeps every change of a submitted row field by field: who, when, on what device, from what, to what (J-9)."""

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Index, String, Text, inspect
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db.base import Base, Id, Lasting, Millis, Synced
from core.db.changes import Stamps
from core.ids import new_id


class FieldVersion(Base):
    """One field of one row that changed from one value to another."""

    __tablename__ = "field_version"
    __table_args__ = (Index("ix_field_version_row", "table_name", "row_id", "at_ms"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    table_name: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[str] = mapped_column(Id)
    field: Mapped[str] = mapped_column(String(40))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    actor_kind: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[str | None] = mapped_column(Id)
    device_id: Mapped[str | None] = mapped_column(Id)
    at_ms: Mapped[int] = mapped_column(Millis)


def _text(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def versions_of(row: Any, who: dict[str, Any]) -> list[FieldVersion]:
    """The field versions that a row owes, one for each kept column whose value differs; before a new row is nothing."""
    state = inspect(row)
    found = []
    for name in sorted(row.__history__):
        change = state.attrs[name].history
        if change.has_changes():
            before = change.deleted[0] if change.deleted else None
            after = change.added[0] if change.added else None
            if before == after:
                continue
            found.append(
                FieldVersion(
                    id=new_id(),
                    table_name=row.__tablename__,
                    row_id=row.id,
                    field=name,
                    before=_text(before),
                    after=_text(after),
                    **who,
                )
            )
    return found


def _stamp(stamps: Stamps, rows: Iterable[Any], *, gone: bool) -> None:
    for row in rows:
        if isinstance(row, Synced):
            identity: Any = row
            stamps.touch(identity.__tablename__, identity.id, row.scopes(), gone=gone)


def before_flush(db: Session, _context: Any, _instances: Any) -> None:
    """Session hook: stamps synced rows and writes field versions, so that no handler has to remember it."""
    stamps: Stamps | None = db.info.get("stamps")
    if stamps is None:
        return
    changed = [row for row in db.dirty if db.is_modified(row)]
    _stamp(stamps, [*db.new, *changed], gone=False)
    _stamp(stamps, db.deleted, gone=True)
    # A head's first values are no change; a lasting row that opens changes the people or the place of its head.
    owing = [*changed, *(row for row in db.new if isinstance(row, Lasting))]
    who = db.info["who"]
    db.add_all([version for row in owing if row.__history__ for version in versions_of(row, who)])
