"""Waits for a name: what no row or constraint can guard is done by one transaction after the other."""

from sqlalchemy import text
from sqlalchemy.orm import Session


def one_at_a_time(db: Session, name: str) -> None:
    """Waits until no other transaction holds this name; SQLite has one writer at a time anyway."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
