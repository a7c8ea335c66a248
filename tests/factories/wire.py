"""Makers of devices, servers and journals for tests of the wire."""

from dataclasses import dataclass, field
from pathlib import Path

from core.clock import ms_of
from core.wire.envelope import EntryActor
from core.wire.push import TimeAnswer
from core.wire.sealing import new_server_keys
from core.wire.signing import KeyPair, key_pair, sign_anchor
from sync.journal.log import Journal
from sync.journal.models import Writer
from tests.fakes.clock import FakeClock

DEVICE = "019c0000-0000-7000-8000-0000000000d1"
PERSON = EntryActor(kind="person", id="019c0000-0000-7000-8000-0000000000a1")
FILE_KEY = bytes(range(32))
SERVER_BOX = new_server_keys()
SERVER = key_pair(b"server-seed-of-32-bytes-for-test")
DEVICE_KEYS = key_pair(b"device-seed-of-32-bytes-for-test")


def writer(device_id: str = DEVICE, keys: KeyPair = DEVICE_KEYS) -> Writer:
    """A paired device."""
    return Writer(device_id, keys.seed, keys.public, SERVER_BOX[1])


@dataclass
class Desk:
    """A journal file with its clock, which a test can open, fill, anchor, close and open again."""

    path: Path
    clock: FakeClock = field(default_factory=FakeClock)
    nonces: int = 0

    def open(self, key: bytes = FILE_KEY) -> Journal:
        """Opens the journal as the program does."""
        return Journal(self.path, key, writer(), self.clock)

    def answer(self, nonce: str) -> TimeAnswer:
        """What a server with the true time answers."""
        now = ms_of(self.clock.now()) - self.clock.wall_error_ms
        signature = sign_anchor(SERVER.seed, nonce, now, "0" * 64)
        return TimeAnswer(nonce=nonce, server_ms=now, audit_head="0" * 64, signature=signature)

    def anchor(self, journal: Journal) -> None:
        """Asks for the time and writes it down."""
        self.nonces += 1
        nonce = f"nonce-{self.nonces:012d}"
        journal.append_anchor(self.answer(nonce), nonce, journal.moment(), SERVER.public)
