"""A blob is durable where two generations of backup hold all of it, and it is still here itself."""

import hashlib
from pathlib import Path

from core.attachments.folder_store import FolderStore

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
    assert store.durable(DIGEST)
    (tmp_path / "blobs" / DIGEST[:2] / DIGEST).unlink()
    assert not store.durable(DIGEST), "lost here: the device's copy is wanted"
