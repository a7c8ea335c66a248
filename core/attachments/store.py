"""The interface of a blob store: what is kept is named by its SHA-256, so it is what its name says."""

from collections.abc import Iterator
from typing import BinaryIO, Protocol


class Intake(Protocol):
    """A blob on its way in: hashed while it is written, kept only if the hash is the promised one."""

    def write(self, chunk: bytes) -> None:
        """Takes the next bytes; raises ``BadInput`` when they are more than allowed."""

    def keep(self) -> int:
        """Puts the blob in its place at once and for good, and tells its size; raises ``BadInput`` if it is another."""

    def drop(self) -> None:
        """Forgets what was written; after ``keep`` it does nothing."""


class BlobStore(Protocol):
    """Where blobs lie: a folder, or an object store."""

    def intake(self, digest: str) -> Intake:
        """Begins to take in the blob of this name."""

    def size(self, digest: str) -> int | None:
        """How many bytes it has; None if it is not here."""

    def open(self, digest: str) -> BinaryIO:
        """The blob for reading; raises ``NotHere``."""

    def durable(self, digest: str) -> bool:
        """Whether it would survive the loss of this store, so that a device may delete its copy."""

    def sweep(self, now_ms: int) -> None:
        """Takes away what was begun to be taken in long ago, by a program that was killed."""


def chunks(file: BinaryIO, size: int = 256 * 1024) -> Iterator[bytes]:
    """A file in pieces; closes it at the end."""
    with file:
        while piece := file.read(size):
            yield piece
