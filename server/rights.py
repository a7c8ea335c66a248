"""Rights of reading: the same table and the same roles as for commands, asked in a session that writes nothing."""

from sqlalchemy.orm import Session

from core.accounts.roles import require
from core.context import Actor, Context
from server.state import State


def reader(here: State, db: Session, actor: Actor) -> Context:
    """The context of somebody who reads."""
    return Context(db, here.store.now_ms(db), actor, sealing=here.vault)


def require_read(here: State, actor: Actor, permission: str, subject: dict[str, str]) -> None:
    """Raises ``NotAllowed`` unless the actor has the right towards the subject, now (A-3)."""
    with here.store.reading() as db:
        require(reader(here, db, actor), permission, subject)
