"""A blob is durable where two generations of backup hold all of it, and it is still here itself."""

import errno
import hashlib
import io
import os
from pathlib import Path

import pytest

from core.attachments.folder_store import MANIFEST, FolderStore

BOX = b"a photo that nobody can read"
DIGEST = hashlib.sha256(BOX).hexdigest()


def kept_in(folder: Path, content: bytes = BOX) -> Path:
    """The blob's file below a folder that is built like the store's."""
    file = folder / DIGEST[:2] / DIGEST
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def test_a_blob_is_durable_when_two_generations_hold_all_of_it(tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    store = FolderStore(tmp_path / "blobs", backups)
    intake = store.intake(DIGEST)
    intake.write(BOX)
    intake.keep()
    assert not store.durable(DIGEST)
    kept_in(backups / "monday")
    (backups / "notes.txt").write_text("no generation", "utf-8")
    assert not store.durable(DIGEST)
    second = kept_in(backups / "tuesday", b"")
    assert not store.durable(DIGEST), "an empty file is no copy"
    second.write_bytes(BOX[:-1])
    assert not store.durable(DIGEST), "nor is one that broke off"
    second.write_bytes(BOX)
    assert not store.durable(DIGEST), "neither generation is whole"
    for name in ("monday", "tuesday"):
        assert not store.durable(DIGEST)
        (backups / name / MANIFEST).write_text("{}", "utf-8")
    assert store.durable(DIGEST)
    (tmp_path / "blobs" / DIGEST[:2] / DIGEST).unlink()
    assert not store.durable(DIGEST), "lost here: the device's copy is wanted"


@pytest.mark.parametrize("size", [10, 1_000_000])
def test_a_full_disk_keeps_no_half_of_a_blob(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """However much of it was waiting to be written when the disk gave up."""
    store, box = FolderStore(tmp_path / "blobs"), bytes(size)
    digest = hashlib.sha256(box).hexdigest()
    intake = store.intake(digest)

    class Full(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, _data: object) -> int:
            raise OSError(errno.ENOSPC, "no room")

    intake._file.close()
    intake._file = io.BufferedWriter(Full(), 4096)
    with pytest.raises(OSError, match="no room"):
        intake.write(box)
        intake.keep()
    intake.drop()
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []
    whole = store.intake(digest)
    whole.write(box)
    assert whole.keep() == size


def test_what_a_killed_server_left_half_is_swept_after_a_day(tmp_path: Path) -> None:
    """Younger ones may be another server's, and whole blobs stay however old they are."""
    now_ms, day_ms = 1_772_413_200_000, 24 * 3_600_000
    store, folder = FolderStore(tmp_path), tmp_path / DIGEST[:2]
    folder.mkdir()
    ages = {"incoming-old": day_ms + 1, "incoming-young": day_ms - 1, DIGEST: 400 * day_ms}
    for name, age_ms in ages.items():
        (folder / name).write_bytes(BOX)
        os.utime(folder / name, ns=(0, (now_ms - age_ms) * 1_000_000))
    store.sweep(now_ms)
    assert {file.name for file in folder.iterdir()} == {"incoming-young", DIGEST}
