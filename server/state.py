"""What the composition root puts together and every endpoint reaches by its request."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from core.attachments.store import BlobStore
from core.bus import Bus
from core.db.store import Store
from core.db.vault import Vault
from core.registry.lookup import Registry
from server.keys import ServerKeys
from server.lanes import Lanes
from server.portraits import PortraitCheckers
from server.presence import Presence
from server.settings import Settings
from server.throttle import Throttle
from server.waiting import HeadWatch


@dataclass(frozen=True, slots=True)
class State:
    """One server: its settings, database, bus, keys, blobs, and the tools that run before the bus."""

    settings: Settings
    store: Store
    bus: Bus
    vault: Vault
    keys: ServerKeys
    blobs: BlobStore
    portraits: PortraitCheckers
    registry: Registry
    watch: HeadWatch
    pairing: Throttle
    presence: Presence
    lanes: Lanes
    demo: bool
    """Whether the demo made this server: known from the start, so that a page says so without the database too."""


def state_of(request: Request) -> State:
    """The server that a request came to."""
    state: State = request.app.state.zhiye
    return state


async def _here(request: Request) -> State:
    """Takes no thread: a request that has a lane of its own must not wait in another one first."""
    return state_of(request)


Here = Annotated[State, Depends(_here)]
"""Declares that an endpoint uses the server's parts."""
