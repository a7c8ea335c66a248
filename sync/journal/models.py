"""What a journal holds and who writes it."""

from dataclasses import dataclass

from core.wire.chain import Link
from core.wire.envelope import Entry
from core.wire.push import WireEntry


@dataclass(frozen=True, slots=True)
class Writer:
    """The device that writes a journal: its id, its Ed25519 seed and public key, the server's X25519 public key."""

    device_id: str
    seed: bytes
    public: bytes
    server_public: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as it lies in the file: exact bytes, hash, and the sealed part beside them."""

    raw: bytes
    hash: str
    entry: Entry
    box: bytes | None = None
    key: bytes | None = None

    @property
    def dseq(self) -> int:
        """The dense number in its journal."""
        return self.entry.dseq

    @property
    def id(self) -> str:
        """The id of the entry, which is the id of the fact."""
        return self.entry.id

    def link(self) -> Link:
        """The part that the chain covers."""
        return Link(self.raw, self.hash, self.entry)

    def wire(self) -> WireEntry:
        """The entry as it is pushed."""
        return WireEntry(text=self.raw.decode(), box=self.box, key=self.key)
