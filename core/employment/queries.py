"""Reads the portraits of people who work for an agency: of nobody else are templates made (D-3)."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.employment.models import Employment
from core.practitioners.models import Portrait

MOST = 50


def of_other_engines(db: Session, *, engine: str, after: str) -> list[Portrait]:
    """Portraits in force whose templates another recogniser made, or none, from an id on, some at a time."""
    return _served(db, after, Portrait.engine != engine)


def of_few_photos(db: Session, *, engine: str, photos: int, after: str) -> list[Portrait]:
    """Portraits in force whose templates are made of fewer photos than that, from an id on, some at a time."""
    return _served(db, after, Portrait.engine == engine, Portrait.photos < photos)


def _served(db: Session, after: str, *such: ColumnElement[bool]) -> list[Portrait]:
    working = select(Employment.person_id).where(Employment.until_ms.is_(None))
    in_force = (Portrait.until_ms.is_(None), Portrait.image != b"", Portrait.person_id.in_(working))
    wanted = select(Portrait).where(*in_force, *such, Portrait.id > after)
    return list(db.scalars(wanted.order_by(Portrait.id).limit(MOST)))
