"""Which evidence photos may show how somebody looks: those of visits that count, as long as these do (P-2)."""

from sqlalchemy import ColumnElement, and_, case, or_, select
from sqlalchemy.orm import Session

from core.attachments.store import BlobStore
from core.employment.queries import MOST
from core.practitioners.models import Portrait, PortraitPhoto
from core.visits.evidence import face_of
from core.visits.models import FactRow, VisitRow

_MOST_FACTS = 8
_VISIT = case((FactRow.kind == "E", FactRow.start_id), else_=FactRow.id)
_COUNTS = and_(
    FactRow.live,
    VisitRow.state == "valid",
    VisitRow.person_id == FactRow.person_id,
    or_(FactRow.id == VisitRow.id, FactRow.id == VisitRow.end_id),
)
"""A start or end is of a visit that counts: an end that no visit took says nothing, whatever start it names."""


def photographed(db: Session, blobs: BlobStore, person_id: str, portrait_id: str) -> list[str]:
    """The newest facts with a photo of a person who was alive and compared with this portrait, in visits that count.

    What is not uploaded yet is left out.
    """
    facts = select(FactRow.id).join(VisitRow, VisitRow.id == _VISIT)
    newest = facts.where(FactRow.person_id == person_id, FactRow.kind.in_(("S", "E")), _COUNTS)
    found = []
    for fact in db.scalars(newest.order_by(FactRow.t_ms.desc()).limit(_MOST_FACTS)):
        face = face_of(db, fact)
        if face is None or face.portrait_id != portrait_id or face.liveness != "challenge":
            continue
        if face.photo is not None and blobs.size(face.photo) is not None:
            found.append(fact)
    return found


def with_lapsed_photos(db: Session, *, after: str) -> list[Portrait]:
    """Portraits in force of whose person a photo is kept that no longer counts, from an id on, some at a time."""
    affected = select(PortraitPhoto.portrait_id).where(_lapsed())
    wanted = select(Portrait).where(
        Portrait.until_ms.is_(None), Portrait.id.in_(affected), Portrait.id > after
    )
    return list(db.scalars(wanted.order_by(Portrait.id).limit(MOST)))


def lapsed_photos(db: Session, portrait_id: str) -> set[str]:
    """The facts whose photos are kept with this portrait although their visits no longer count."""
    wanted = select(PortraitPhoto.source).where(PortraitPhoto.portrait_id == portrait_id, _lapsed())
    return {source for source in db.scalars(wanted) if source is not None}


def _lapsed() -> ColumnElement[bool]:
    counting = select(FactRow.id).join(VisitRow, VisitRow.id == _VISIT)
    his = counting.where(
        FactRow.id == PortraitPhoto.source, FactRow.person_id == PortraitPhoto.person_id, _COUNTS
    )
    return and_(PortraitPhoto.source.is_not(None), ~his.exists())
