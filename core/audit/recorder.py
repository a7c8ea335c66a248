"""Writes audit entries at the end of a transaction, under the commit lock; called by the bus only."""

import hashlib
import secrets
from collections.abc import Sequence

import msgspec
from sqlalchemy import Select, delete, or_, select, text
from sqlalchemy.orm import Session

from core.audit.chain import GENESIS, Record, link
from core.audit.models import AuditEntry, AuditSalt
from core.context import Actor
from core.db.base import table_for
from core.db.bulk import write_rows
from core.db.scrub import REWRITTEN


class Deed(msgspec.Struct, frozen=True):
    """A command and its outcome, waiting to be written to the audit log.

    ``digest`` is a hash that may stand in the log as it is (a journal entry's); ``body`` is committed to with a salt.
    """

    actor: Actor
    device_id: str | None
    command: str
    version: int
    command_id: str
    outcome: str
    digest: str | None = None
    body: bytes | None = None


def head(db: Session) -> tuple[int, str]:
    """The last audit entry as (seq, hash); (0, zeros) on an empty log."""
    row = db.execute(text("SELECT seq, hash FROM audit_log ORDER BY seq DESC LIMIT 1")).first()
    return (int(row[0]), str(row[1])) if row else (0, GENESIS)


def _commitment(salt: bytes, body: bytes | None) -> str:
    return hashlib.sha256(salt + (body or b"")).hexdigest()


def is_same(db: Session, deed: Deed) -> bool:
    """Whether this deed was accepted before: of the same actor, and as far as salts still tell, word for word."""
    row = db.execute(
        select(AuditEntry.actor_kind, AuditEntry.actor_id, AuditEntry.commitment, AuditSalt.salt)
        .join(AuditSalt, AuditSalt.seq == AuditEntry.seq, isouter=True)
        .where(AuditEntry.command_id == deed.command_id, AuditEntry.outcome == deed.outcome)
    ).first()
    if row is None or (row.actor_kind, row.actor_id) != (deed.actor.kind, deed.actor.id):
        return False
    return row.salt is None or bool(row.commitment == _commitment(row.salt, deed.body))


def forget_salts(db: Session, actor_id: str, command_ids: Select[str]) -> None:
    """Destroys what would let one guess a body from its commitment; the chain holds the commitment alone (D-2)."""
    theirs = or_(AuditEntry.actor_id == actor_id, AuditEntry.command_id.in_(command_ids))
    chosen = delete(AuditSalt).where(AuditSalt.seq.in_(select(AuditEntry.seq).where(theirs)))
    db.execute(chosen.execution_options(synchronize_session=False))


REWRITTEN.add(AuditSalt.__tablename__)


def append(db: Session, at_ms: int, deeds: Sequence[Deed]) -> str:
    """Links the deeds to the chain in one insert; returns the new head's hash."""
    seq, previous = head(db)
    rows, salts = [], []
    for deed in deeds:
        seq += 1
        commitment = deed.digest
        if commitment is None:
            salt = secrets.token_bytes(16)
            commitment = _commitment(salt, deed.body)
            salts.append({"seq": seq, "salt": salt})
        record = Record(
            seq,
            at_ms,
            deed.actor.kind,
            deed.actor.id,
            deed.device_id,
            deed.command,
            deed.version,
            deed.command_id,
            deed.outcome,
            commitment,
        )
        previous = link(previous, record)
        rows.append(record._asdict() | {"hash": previous})
    write_rows(db.connection(), table_for(AuditEntry), rows)
    write_rows(db.connection(), table_for(AuditSalt), salts)
    return previous
