"""Reads the audit log: the check of its whole chain, which names the first broken link (U-1)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.chain import Record, first_broken
from core.audit.models import AuditEntry

_FIELDS = Record._fields


def verify(db: Session) -> int | None:
    """The sequence of the first broken link of the whole log, None if the chain holds."""
    columns = [getattr(AuditEntry, name) for name in _FIELDS]
    chosen = select(*columns, AuditEntry.hash).order_by(AuditEntry.seq).execution_options(yield_per=2000)
    # Reading stops at the first broken link, and the server's cursor has to be closed then too.
    with db.execute(chosen) as rows:
        return first_broken((Record(*row[:-1]), row[-1]) for row in rows)
