"""Reads what belongs to portraits, for the server's own work."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.practitioners.models import PortraitPhoto


def photos_of(db: Session, portrait_id: str) -> list[PortraitPhoto]:
    """The other photos that are kept of a portrait's person, in the order in which they came."""
    wanted = select(PortraitPhoto).where(PortraitPhoto.portrait_id == portrait_id)
    return list(db.scalars(wanted.order_by(PortraitPhoto.id)))
