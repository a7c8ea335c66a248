"""How long a contact's browser stays let in: 30 days after it was last used (C-5)."""

from collections.abc import Sequence

from sqlalchemy import select, update

from core.contacts.handlers import token_hash
from core.contacts.models import ContactAccess
from core.contacts.rules import ACCESS_MS
from core.db.store import Store

_NOT_AGAIN_MS = 24 * 3_600_000
"""Extended once a day at most: looking at a page shall not write each time."""


def extend(store: Store, tokens: Sequence[str]) -> None:
    """Lets the accesses that still hold begin anew."""
    with store.reading() as db:
        now_ms = store.now_ms(db)
        used = ContactAccess.token_hash.in_([token_hash(token) for token in tokens])
        due = (ContactAccess.until_ms > now_ms) & (
            ContactAccess.until_ms < now_ms + ACCESS_MS - _NOT_AGAIN_MS
        )
        found = db.scalars(select(ContactAccess.id).where(used, due)).all()
    if found:
        with store.writing() as db:
            chosen = update(ContactAccess).where(ContactAccess.id.in_(found))
            db.execute(chosen.values(until_ms=now_ms + ACCESS_MS))
