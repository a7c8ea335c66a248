"""Stamps every changed row with the sequence of its commit: what pull reads, in an order that is the commit order."""

import hashlib
from collections.abc import Callable, Container, Iterable
from typing import Any

import msgspec
from sqlalchemy import Boolean, Connection, Index, String, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db.base import Base, Id, Millis, Seq, table_for
from core.db.bulk import write_rows
from core.db.vault import Vault

GENESIS = "0" * 64
_COMMIT_TAG = b"zhiye-commit-1\0"


class Commit(Base):
    """One committed transaction: a dense sequence and a hash that rolls over all commits before it."""

    __tablename__ = "commit_log"

    seq: Mapped[int] = mapped_column(Seq, primary_key=True, autoincrement=False)
    at_ms: Mapped[int] = mapped_column(Millis)
    audit_head: Mapped[str] = mapped_column(String(64))
    rolling: Mapped[str] = mapped_column(String(64))


class RowChange(Base):
    """The last commit in which a row changed, for each scope that sees it; ``gone`` is a tombstone."""

    __tablename__ = "row_change"
    # Its key is the whole row but for two numbers: kept once, in the order of the key.
    __table_args__ = (Index("ix_row_change_scope_seq", "scope", "seq"), {"sqlite_with_rowid": False})

    table_name: Mapped[str] = mapped_column(String(40), primary_key=True)
    row_id: Mapped[str] = mapped_column(Id, primary_key=True)
    scope: Mapped[str] = mapped_column(String(60), primary_key=True)
    seq: Mapped[int] = mapped_column(Millis)
    gone: Mapped[bool] = mapped_column(Boolean)


class Stamps:
    """Collects what a transaction touched, and writes it down at the end, under the commit lock."""

    def __init__(self) -> None:
        self._touched: dict[tuple[str, str, str], bool] = {}

    def touch(self, table: str, row_id: str, scopes: Iterable[str], *, gone: bool = False) -> None:
        """Remembers that a row changed (or is ``gone``) in these scopes; the last word of a transaction holds."""
        for scope in scopes:
            self._touched[(table, row_id, scope)] = gone

    def absorb(self, other: "Stamps") -> None:
        """Counts in what another one collected."""
        self._touched |= other._touched

    def __bool__(self) -> bool:
        return bool(self._touched)

    def touched(self) -> list[tuple[str, str]]:
        """The (table, id) pairs that changed: what a bus tells its caller."""
        return sorted({(table, row_id) for table, row_id, _scope in self._touched})

    def rows_of(self, tables: Container[str]) -> dict[str, set[str]]:
        """The ids of the rows of these tables that changed, by table; only tables of which any did."""
        found: dict[str, set[str]] = {}
        for name, row_id, _scope in self._touched:
            if name in tables:
                found.setdefault(name, set()).add(row_id)
        return found

    def digest(self) -> bytes:
        """SHA-256 over what was touched: the part of a commit's rolling hash that names its rows."""
        return hashlib.sha256(msgspec.json.encode(sorted(self._touched))).digest()

    def write(self, db: Connection, seq: int) -> None:
        """Upserts the change rows for commit ``seq``."""
        rows = [
            {"table_name": table, "row_id": row_id, "scope": scope, "seq": seq, "gone": gone}
            for (table, row_id, scope), gone in sorted(self._touched.items())
        ]
        write_rows(db, table_for(RowChange), rows, "update")


def next_rolling(previous: str, audit_head: str, digest: bytes) -> str:
    """The rolling hash of a commit: SHA-256 over the one before, the audit head and the touched rows."""
    return hashlib.sha256(
        _COMMIT_TAG + bytes.fromhex(previous) + bytes.fromhex(audit_head) + digest
    ).hexdigest()


def head(db: Connection) -> tuple[int, str]:
    """The last commit as (seq, rolling); (0, zeros) on an empty database."""
    row = db.execute(text("SELECT seq, rolling FROM commit_log ORDER BY seq DESC LIMIT 1")).first()
    return (int(row[0]), str(row[1])) if row else (0, GENESIS)


Revealer = Callable[[Session, Vault, dict[str, Any]], dict[str, Any]]
_REVEALERS: dict[str, Revealer] = {}


def reveals(table: str) -> Callable[[Revealer], Revealer]:
    """Registers how a table's row gains an opened column on its way to a device that may hold it."""

    def register(reveal: Revealer) -> Revealer:
        _REVEALERS[table] = reveal
        return reveal

    return register


def revealer(table: str) -> Revealer | None:
    """How a table's rows are opened for devices; None if they go as they are."""
    return _REVEALERS.get(table)
