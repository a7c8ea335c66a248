"""Photos in generations of backup: each lies in two of them, so that a new one holds only what is new."""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, text

from core.attachments.folder_store import blob_path
from core.secret_files import flush_folder
from server.backup.generations import LEAST, Generation

Progress = Callable[[int, int], None]
_PIECE = 1 << 20
_ALL = text("SELECT digest, agency_id, device_id, size, received_ms FROM blob ORDER BY digest, agency_id")
_ADD = text(
    "INSERT INTO blob (digest, agency_id, device_id, size, received_ms) "
    "VALUES (:digest, :agency_id, :device_id, :size, :received_ms) ON CONFLICT (digest, agency_id) DO NOTHING"
)


class Listed(NamedTuple):
    """A row of the table of photos: with it a photo can be read again, whichever generation is restored."""

    digest: str
    agency_id: str
    device_id: str
    size: int
    received_ms: int


def rows(db: Connection) -> list[Listed]:
    """The photos that this state of the database knows."""
    return [Listed(*row) for row in db.execute(_ALL)]


def add_rows(db: Connection, listed: Iterable[Listed]) -> None:
    """Gives a restored database the rows that it lacks."""
    wanted = [row._asdict() for row in listed]
    if wanted:
        db.execute(_ADD, wanted)


def write_list(path: Path, listed: Sequence[Listed]) -> None:
    """One JSON array a line."""
    with path.open("xb") as file:
        for row in listed:
            file.write(msgspec.json.encode(row) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_list(path: Path) -> Iterator[Listed]:
    """What ``write_list`` has written."""
    with path.open("rb") as file:
        for line in file:
            yield msgspec.json.decode(line, type=Listed)


def listed_in(generations: Iterable[Generation]) -> dict[tuple[str, str], Listed]:
    """All rows that any of these generations lists; the newest word holds."""
    found = {}
    for generation in generations:
        found.update({(row.digest, row.agency_id): row for row in read_list(generation.blobs)})
    return found


def held(folder: Path) -> dict[str, int]:
    """Digest and size of the photos that a generation or a store holds."""
    found = {}
    for part in os.scandir(folder):
        if len(part.name) == 2 and part.is_dir():
            found.update({blob.name: blob.stat().st_size for blob in os.scandir(part)})
    return found


def add(
    target: Path,
    wanted: Mapping[str, int],
    holders: Sequence[Path],
    sources: Sequence[Path],
    told: Progress,
) -> tuple[int, int]:
    """Copies what fewer than two of the holders have; tells how many, and how many lie nowhere."""
    copies = Counter(
        digest for folder in holders for digest, size in held(folder).items() if wanted.get(digest) == size
    )
    lacking = [digest for digest in sorted(wanted) if copies[digest] < LEAST]
    copied = missing = 0
    for done, digest in enumerate(lacking):
        told(done, len(lacking))
        found = any(copy(source, target, digest) for source in sources)
        copied += found
        missing += not found and not copies[digest]
    return copied, missing


def copy(source: Path, target: Path, digest: str) -> bool:
    """Copies one photo and flushes it; False if it is not there or not what its name says."""
    origin, place = blob_path(source, digest), blob_path(target, digest)
    if not origin.is_file():
        return False
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part, hashed = place.with_name(f"incoming-{digest}"), hashlib.sha256()
    try:
        with origin.open("rb") as reading, part.open("wb") as writing:
            while piece := reading.read(_PIECE):
                hashed.update(piece)
                writing.write(piece)
            writing.flush()
            os.fsync(writing.fileno())
        if hashed.hexdigest() != digest:
            return False
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)  # a full disk leaves no half photo
    flush_folder(place.parent)
    return True


def is_whole(folder: Path, digest: str) -> bool:
    """Whether a photo is there and is what its name says."""
    place = blob_path(folder, digest)
    if not place.is_file():
        return False
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == digest
