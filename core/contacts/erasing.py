"""What erasure does to a contact: nobody can read who he is, his browser is out, and he is one no longer (D-2)."""

from sqlalchemy import delete

from core.contacts.models import Contact, ContactAccess
from core.context import Context
from core.db.scrub import REWRITTEN
from core.erasure.commands import SubjectKind
from core.erasure.handlers import ERASURE_KNOWERS, ERASURE_LISTENERS

_REASON = "个人信息已删除"


def _is_contact(ctx: Context, subject_id: str) -> bool:
    return ctx.db.get(Contact, subject_id) is not None


def forget_contact(ctx: Context, kind: SubjectKind, subject_id: str) -> None:
    """What he evaluated stays; what was written about his end may name him."""
    row = ctx.db.get(Contact, subject_id) if kind == "contact" else None
    if row is None:
        return
    row.ended_ms, row.end_reason, row.follows = row.ended_ms or ctx.now_ms, _REASON, None
    ctx.db.execute(delete(ContactAccess).where(ContactAccess.contact_id == subject_id))


ERASURE_KNOWERS["contact"] = _is_contact
ERASURE_LISTENERS.append(forget_contact)
REWRITTEN.add(Contact.__tablename__)
