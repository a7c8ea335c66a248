"""Blobs on their way to the server: encrypted bytes under their own hash, kept here until they are durable there."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.disk import is_full
from core.wire.sealing import box_digest
from sync.errors import Damaged, full

_PART = ".part"
_NAME = re.compile(r"[0-9a-f]{64}")
_HALF = re.compile(_NAME.pattern + re.escape(_PART))


@contextmanager
def _disk() -> Iterator[None]:
    """A full, failing or missing disk as known trouble."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise full("照片没有保存，本次操作没有记录") from error
        raise Damaged(
            "blob-io", "本机的照片文件读写失败。", "请检查磁盘空间和数据目录的权限；已有记录不受影响。"
        ) from error


class Outbox:
    """Photos that the server may not have yet; a file with its final name is whole.

    Opening it throws away what a kill left half written: no entry names that, its photo is taken again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with _disk():
            folder.mkdir(parents=True, exist_ok=True)
            for file in folder.iterdir():
                if _HALF.fullmatch(file.name):
                    file.unlink()

    def put(self, box: bytes) -> str:
        """Keeps encrypted bytes, durably; returns the hash under which they are named everywhere."""
        digest = box_digest(box)
        target = self._folder / digest
        with _disk():
            if not target.exists():
                self._write(target, box)
        return digest

    def read(self, digest: str) -> bytes:
        """The bytes of a waiting blob; refuses a file that is no longer what its name says."""
        with _disk():
            box = (self._folder / digest).read_bytes()
        if box_digest(box) != digest:
            raise Damaged("blob-damaged", "本机保存的一张照片文件已损坏。")
        return box

    def waiting(self) -> list[str]:
        """The hashes of all blobs that are still here, oldest first; what else lies in the folder is none of ours."""
        with _disk():
            files = [file for file in self._folder.iterdir() if _NAME.fullmatch(file.name)]
            return [
                file.name for file in sorted(files, key=lambda file: (file.stat().st_mtime_ns, file.name))
            ]

    def forget(self, digest: str) -> None:
        """Deletes the device's copy; only after the server has said that its own is durable."""
        with _disk():
            (self._folder / digest).unlink(missing_ok=True)

    def _write(self, target: Path, box: bytes) -> None:
        part = target.with_suffix(_PART)
        try:
            with part.open("wb") as file:
                file.write(box)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            part.unlink(missing_ok=True)  # half of a photo would keep a full disk full
            raise
        part.replace(target)
        self._flush_folder()

    def _flush_folder(self) -> None:
        """Makes the new name durable, too; Windows does that with the file."""
        if os.name != "posix":
            return
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
