"""Reads the audit log: the check of its whole chain, which names the first broken link (U-1)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.chain import GENESIS, Record, first_broken
from core.audit.models import AuditEntry
from core.audit.recorder import head
from core.db.changes import Commit

_FIELDS = Record._fields


def verify(db: Session) -> int | None:
    """The sequence of the first broken link of the whole log, None if the chain holds.

    The last commit names the log's head: without it nobody would miss entries cut off at the end.
    """
    columns = [getattr(AuditEntry, name) for name in _FIELDS]
    chosen = select(*columns, AuditEntry.hash).order_by(AuditEntry.seq).execution_options(yield_per=2000)
    # Reading stops at the first broken link, and the server's cursor has to be closed then too.
    with db.execute(chosen) as rows:
        broken = first_broken((Record(*row[:-1]), row[-1]) for row in rows)
    if broken is not None:
        return broken
    seq, hashed = head(db)
    witnessed = db.scalar(select(Commit.audit_head).order_by(Commit.seq.desc()).limit(1))
    return None if hashed == (witnessed or GENESIS) else seq + 1
