"""Reads portraits and what belongs to them, for the server's own work."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.practitioners.models import Portrait, PortraitPhoto

MOST = 50


def of_other_engines(db: Session, *, engine: str, after: str) -> list[Portrait]:
    """Portraits in force whose templates another recogniser made, from an id on, some at a time."""
    in_force = Portrait.until_ms.is_(None)
    wanted = select(Portrait).where(in_force, Portrait.engine != engine, Portrait.image != b"")
    return list(db.scalars(wanted.where(Portrait.id > after).order_by(Portrait.id).limit(MOST)))


def of_few_photos(db: Session, *, engine: str, photos: int, after: str) -> list[Portrait]:
    """Portraits in force whose templates are made of fewer photos than that, from an id on, some at a time."""
    in_force = Portrait.until_ms.is_(None)
    wanted = select(Portrait).where(in_force, Portrait.engine == engine, Portrait.photos < photos)
    return list(db.scalars(wanted.where(Portrait.id > after).order_by(Portrait.id).limit(MOST)))


def photos_of(db: Session, portrait_id: str) -> list[PortraitPhoto]:
    """The other photos that are kept of a portrait's person, in the order in which they came."""
    wanted = select(PortraitPhoto).where(PortraitPhoto.portrait_id == portrait_id)
    return list(db.scalars(wanted.order_by(PortraitPhoto.id)))
