"""Generations of backup in one folder: which are whole, what they say of themselves, and which have to go."""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from core.attachments.folder_store import MANIFEST
from core.clock import from_ms
from core.errors import BadInput, Conflict
from core.secret_files import flush_folder

FORMAT = 1
UNFINISHED = ".unfinished"
LEAST = 2
"""A photo is durable in two generations: with fewer, devices would never delete theirs."""


class File(msgspec.Struct, frozen=True):
    """One file of a generation, with what it has to hold."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a generation says of itself; written last."""

    format: int = FORMAT
    number: int
    program: str
    server: str
    taken_ms: int
    schema: str
    seq: int
    rolling: str
    committed_ms: int
    kind: str
    database: File
    blobs: File
    blob_count: int
    missing: int
    keys: str
    """Where the keys lay, which no backup holds: they have to be kept apart from it."""


class Generation:
    """A whole generation: its folder and its manifest."""

    def __init__(self, folder: Path) -> None:
        """Raises ``BadInput`` for a folder that is none."""
        self.folder = folder
        try:
            self.manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
        except FileNotFoundError as error:
            raise BadInput(
                "backup.none", f"这里没有完整的备份：{folder}", "请核对路径；未完成的备份不能使用"
            ) from error
        except msgspec.DecodeError as error:
            hint = "请换一份备份；这份备份没有被改动"
            raise BadInput("backup.manifest", f"备份清单无法读取：{folder / MANIFEST}", hint) from error
        if self.manifest.format != FORMAT:
            raise BadInput("backup.format", "备份由更新版本的程序写成", "请使用写成它的程序版本")

    @property
    def database(self) -> Path:
        """The database's file."""
        return self.folder / self.manifest.database.name

    @property
    def blobs(self) -> Path:
        """The list of photos."""
        return self.folder / self.manifest.blobs.name

    def require_intact(self) -> None:
        """Raises when a file is not what the manifest says."""
        for file in (self.manifest.database, self.manifest.blobs):
            path = self.folder / file.name
            if not path.is_file() or note(path) != file:
                hint = "什么也没有恢复；请换一份备份"
                raise BadInput("backup.damaged", f"备份文件已损坏或缺失：{path}", hint)


def note(path: Path) -> File:
    """Name, size and hash of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return File(path.name, path.stat().st_size, digest)


def whole(folder: Path) -> list[Generation]:
    """The whole generations of a folder, the oldest first, by their numbers: clocks may be moved."""
    return sorted(_read(folder)[0], key=lambda generation: generation.manifest.number)


def unreadable(folder: Path) -> list[Path]:
    """What looks like a generation and cannot be read: it stops nothing, but somebody has to look at it."""
    return _read(folder)[1]


def _read(folder: Path) -> tuple[list[Generation], list[Path]]:
    found, odd = [], []
    for place in sorted(folder.iterdir()) if folder.is_dir() else ():
        if place.suffix == UNFINISHED or not (place / MANIFEST).is_file():
            continue
        try:
            found.append(Generation(place))
        except BadInput:
            odd.append(place)
    return found, odd


def finish(unfinished: Path, manifest: Manifest) -> Path:
    """Writes the manifest and gives the generation its name: from here on it counts."""
    part = unfinished / f"{MANIFEST}.part"
    with part.open("xb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        file.flush()
        os.fsync(file.fileno())
    part.replace(unfinished / MANIFEST)
    flush_folder(unfinished)
    final = unfinished.with_suffix("")
    unfinished.replace(final)
    flush_folder(final.parent)
    return final


def label(ms: int) -> str:
    """A moment as a part of a name on every system."""
    return from_ms(ms).strftime("%Y-%m-%dT%H%M%SZ")


def unfinished(folder: Path, taken_ms: int) -> Path:
    """A fresh folder for the next generation, for its owner alone."""
    stem = label(taken_ms)
    names = [stem, *(f"{stem}-{number}" for number in range(2, 100))]
    place = next(folder / f"{name}{UNFINISHED}" for name in names if not (folder / name).exists())
    place.mkdir(mode=0o700)
    return place


def remove(generation: Generation) -> None:
    """Takes a generation away; from the first moment it does not count."""
    away = generation.folder.with_name(generation.folder.name + UNFINISHED)
    generation.folder.replace(away)
    (away / MANIFEST).unlink()
    shutil.rmtree(away)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One backup at a time in a folder; what one that was killed left behind is taken away."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A lock of SQLite's goes with the process that holds it, on every system.
    with closing(sqlite3.connect(folder / ".lock", timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise Conflict(
                "backup.running", f"另一个备份正在写入 {folder}", "请等它完成；本次没有备份"
            ) from error
        for left in folder.glob(f"*{UNFINISHED}"):
            shutil.rmtree(left)
        yield
