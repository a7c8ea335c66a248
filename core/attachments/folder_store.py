"""Blobs in a folder: written to a temporary file, flushed, then renamed, so that a kill leaves no half blob."""

import hashlib
import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from core.errors import BadInput, NotHere
from core.secret_files import flush_folder

MAX_BYTES = 16 * 1024 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PART = "incoming-"
_PART_KEPT_MS = 24 * 3_600_000
"""No blob takes so long to arrive; what is younger may be another server's, which writes it just now."""
_GENERATIONS = 2
MANIFEST = "manifest.json"
"""Stands in a generation of backup once all of it is written and flushed: without it a folder is none."""


class FolderStore:
    """A folder with 256 sub-folders by the first two characters; ``backups`` holds generations built alike."""

    def __init__(self, folder: Path, backups: Path | None = None, limit: int = MAX_BYTES) -> None:
        self._folder = folder
        self._backups = backups
        self._limit = limit
        folder.mkdir(parents=True, exist_ok=True)

    def intake(self, digest: str) -> "FolderIntake":
        """Begins to take in the blob of this name."""
        return FolderIntake(self._path(digest), digest, self._limit)

    def size(self, digest: str) -> int | None:
        """How many bytes it has; None if it is not here."""
        return _size_of(self._path(digest))

    def open(self, digest: str) -> BinaryIO:
        """The blob for reading."""
        try:
            return self._path(digest).open("rb")
        except FileNotFoundError as error:
            raise NotHere("blobs.absent", "服务器上没有这个文件", "请等待设备上传后再试") from error

    def durable(self, digest: str) -> bool:
        """Whether it is here and two whole generations of backup hold as many bytes: a copy that broke off is none."""
        size = self.size(digest)
        if size is None or self._backups is None or not self._backups.is_dir():
            return False
        holding = (place for place in self._backups.iterdir() if _size_of(blob_path(place, digest)) == size)
        return sum(1 for place in holding if (place / MANIFEST).is_file()) >= _GENERATIONS

    def sweep(self, now_ms: int) -> None:
        """Takes away what a killed server had begun to take in a day ago or earlier."""
        before_ns = (now_ms - _PART_KEPT_MS) * 1_000_000
        for part in self._folder.glob(f"*/{_PART}*"):
            # Another server may just have done it, or something reads it: then the next start does.
            with suppress(OSError):
                if part.stat().st_mtime_ns < before_ns:
                    part.unlink()

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise BadInput("blobs.name", "文件编号格式不正确", "设备会自动重试")
        return blob_path(self._folder, digest)


class FolderIntake:
    """One blob on its way into a folder."""

    def __init__(self, target: Path, digest: str, limit: int) -> None:
        self._target, self._digest, self._limit = target, digest, limit
        self._hash, self._size = hashlib.sha256(), 0
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=_PART)
        self._part, self._file = Path(name), os.fdopen(descriptor, "wb")

    def write(self, chunk: bytes) -> None:
        """Takes the next bytes."""
        self._size += len(chunk)
        if self._size > self._limit:
            raise BadInput("blobs.size", f"文件超过 {self._limit // 1024 // 1024} MB", "请压缩后重新上传")
        self._hash.update(chunk)
        self._file.write(chunk)

    def keep(self) -> int:
        """Flushes to disk, checks the hash, and renames over whatever equal blob is there."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        if self._hash.hexdigest() != self._digest:
            raise BadInput("blobs.hash", "文件内容与编号不一致", "设备会自动重新上传")
        self._part.replace(self._target)
        flush_folder(self._target.parent)
        return self._size

    def drop(self) -> None:
        """Removes the temporary file; what a full disk has not taken can't be flushed, and goes with it."""
        with suppress(OSError):
            self._file.close()
        self._part.unlink(missing_ok=True)


def blob_path(folder: Path, digest: str) -> Path:
    """Where a blob lies below a folder of this kind."""
    return folder / digest[:2] / digest


def _size_of(path: Path) -> int | None:
    """How many bytes a file has; None if there is none."""
    try:
        return path.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return None
