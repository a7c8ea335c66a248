"""What erasure does to a person: ID number, portraits and the numbers of certificates go, the name stays (D-2).

The name stands in project files that the law has kept; what others may not know of him is gone.
"""

from sqlalchemy import select

from core.context import Context
from core.db.scrub import REWRITTEN
from core.erasure.commands import SubjectKind
from core.erasure.handlers import ERASURE_KNOWERS, ERASURE_LISTENERS
from core.practitioners.models import Certificate, Person, PersonPrivate, Portrait, PortraitPhoto


def _is_person(ctx: Context, subject_id: str) -> bool:
    return ctx.db.get(Person, subject_id) is not None


def forget_person(ctx: Context, kind: SubjectKind, subject_id: str) -> None:
    """A certificate's number is often the ID number itself; that there was one of its kind is still needed (E-1)."""
    if kind != "person":
        return
    private = ctx.db.get(PersonPrivate, subject_id)
    if private is not None:
        private.id_number = private.telephone = None
    for portrait in ctx.db.scalars(select(Portrait).where(Portrait.person_id == subject_id)):
        portrait.image = portrait.template = b""
        portrait.until_ms = portrait.until_ms or ctx.now_ms
    for photo in ctx.db.scalars(select(PortraitPhoto).where(PortraitPhoto.person_id == subject_id)):
        ctx.db.delete(photo)
    for certificate in ctx.db.scalars(select(Certificate).where(Certificate.person_id == subject_id)):
        certificate.number = certificate.id


ERASURE_KNOWERS["person"] = _is_person
ERASURE_LISTENERS.append(forget_person)
REWRITTEN.add(Certificate.__tablename__)
