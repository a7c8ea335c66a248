"""Leaves no old copy of what was erased in the database's own files, as far as a database lets itself be told (D-2)."""

import sqlite3

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from core.db.store import Store
from core.db.vault import SubjectKey

_PATIENCE_MS = 3000
REWRITTEN = {SubjectKey.__tablename__}
"""Tables in which an erasure destroys something that stands in clear: each feature adds its own. All are small."""


def scrub(store: Store) -> bool:
    """False if others were in the way: then it has to be done again, nothing else is lost by it."""
    try:
        return _rewrite(store.engine) if store.is_postgresql else _empty_log(store.engine)
    except (OperationalError, sqlite3.OperationalError):  # the latter where SQLite is asked directly
        return False


def _empty_log(engine: Engine) -> bool:
    """SQLite: the file itself was overwritten (``secure_delete``); its log still has the pages of before."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        (before,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
        (busy, _pages, _moved) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.execute(f"PRAGMA busy_timeout={before}")
        cursor.close()
        return not busy
    finally:
        connection.close()


def _rewrite(engine: Engine) -> bool:
    """PostgreSQL: the tables are written anew, so that the pages with dead rows go.

    Its write-ahead log keeps them until it is recycled, as a backup does (see DECISIONS.md).
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(text(f"SET lock_timeout = {_PATIENCE_MS}"))
        try:
            db.execute(text(f"VACUUM (FULL) {', '.join(sorted(REWRITTEN))}"))
        finally:
            db.execute(text("RESET lock_timeout"))
    return True
