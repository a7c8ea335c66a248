"""Who acts, when, on which database: the one argument that every handler gets besides its command."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import msgspec
from sqlalchemy.orm import Session

from core.db.changes import Stamps
from core.db.vault import Vault
from core.errors import NotHere

ActorKind = Literal["account", "person", "contact", "device", "job", "anyone"]


class Actor(msgspec.Struct, frozen=True):
    """Who acts: an account, a person seen by a device, a contact on a page, a device, a job, or anyone."""

    kind: ActorKind
    id: str | None = None


ANYONE = Actor("anyone")


@dataclass(slots=True)
class Context:
    """One transaction as a handler sees it: the session, the moment, the actor and what it touched."""

    db: Session
    now_ms: int
    actor: Actor
    device_id: str | None = None
    on_device: bool = False
    sealing: Vault | None = None
    stamps: Stamps = field(default_factory=Stamps)
    prepared: Any = None
    """What was made ready before the transaction, where the command has a preparation."""
    command_id: str | None = None
    """The id of the command at hand, where it is carried out alone."""

    def __post_init__(self) -> None:
        self._bind()

    @contextmanager
    def acting(self, actor: Actor, command_id: str) -> Iterator["Context"]:
        """The same transaction in the name of another actor, whose changes count if no error ends the block."""
        inner = replace(self, actor=actor, command_id=command_id, stamps=Stamps())
        try:
            yield inner
        finally:
            self._bind()
        self.stamps.absorb(inner.stamps)

    def _bind(self) -> None:
        """Tells the session's hooks whose changes these are."""
        self.db.info["stamps"] = self.stamps
        self.db.info["who"] = {
            "actor_kind": self.actor.kind,
            "actor_id": self.actor.id,
            "device_id": self.device_id,
            "at_ms": self.now_ms,
        }

    @property
    def vault(self) -> Vault:
        """The vault of personal data; a device has none, it wraps to the server instead."""
        if self.sealing is None:
            raise NotHere("vault.absent", "本机不能读取个人信息", "请在服务器上操作")
        return self.sealing
