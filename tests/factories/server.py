"""A server's store, bus and keys for tests, on whatever database the test runs on."""

from dataclasses import dataclass

import core.catalogue  # noqa: F401
from core.bus import Bus
from core.db.engine import server_engine
from core.db.store import Store
from core.db.vault import Vault
from core.journals.reception import ServerKeys
from core.wire.sealing import new_server_keys
from core.wire.signing import KeyPair, new_key_pair
from tests.fakes.clock import FakeClock


@dataclass
class ServerParts:
    """What a server process would hold: bus and clock, signing and box keys."""

    bus: Bus
    clock: FakeClock
    signing: KeyPair
    box_secret: bytes
    box_public: bytes

    @property
    def keys(self) -> ServerKeys:
        """Keys as reception wants them."""
        return ServerKeys(self.box_secret, (self.signing.public,))


def make_server(database_url: str, clock: FakeClock | None = None) -> ServerParts:
    """An empty server on a database; close ``bus.store`` afterwards."""
    chosen = clock or FakeClock()
    store = Store(server_engine(database_url), chosen)
    store.create_tables()
    secret, public = new_server_keys()
    return ServerParts(Bus(store, vault=Vault(b"k" * 32)), chosen, new_key_pair(), secret, public)
