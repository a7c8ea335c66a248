"""The outbox of blobs: whole files under their own hash, kept until somebody says that they may go."""

import errno
import os
from pathlib import Path

import pytest

from core.disk import FULL
from core.wire.sealing import box_digest
from sync.blobs import Outbox
from sync.errors import Damaged


def test_a_blob_waits_under_its_hash_until_it_is_forgotten(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "blobs")
    digest = outbox.put(b"box")
    assert digest == box_digest(b"box")
    assert Outbox(tmp_path / "blobs").waiting() == [digest]
    assert outbox.put(b"box") == digest
    assert outbox.read(digest) == b"box"
    outbox.forget(digest)
    outbox.forget(digest)
    assert outbox.waiting() == []


def test_half_a_file_is_no_blob(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    (tmp_path / ("0" * 64 + ".part")).write_bytes(b"half")
    assert outbox.waiting() == []


@pytest.mark.rule("D-2")
def test_what_a_kill_left_half_written_goes_with_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Portraits are encrypted at rest, and half of one that nothing names is not kept for ever either."""

    class Killed(BaseException):
        """The process ends here."""

    def ends(_file: int) -> None:
        raise Killed

    outbox = Outbox(tmp_path)
    kept = outbox.put(b"whole")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", ends)
        with pytest.raises(Killed):
            outbox.put(b"half")
    (tmp_path / "notes.part").write_bytes(b"not ours")
    assert len(list(tmp_path.iterdir())) == 3
    assert Outbox(tmp_path).waiting() == [kept]
    assert {file.name for file in tmp_path.iterdir()} == {kept, "notes.part"}


def test_what_is_no_blob_is_not_sent(tmp_path: Path) -> None:
    """Systems leave files of their own in every folder."""
    outbox = Outbox(tmp_path)
    for name in ("Thumbs.db", ".DS_Store", "desktop.ini", "0" * 63, "0" * 65, "F" * 64):
        (tmp_path / name).write_bytes(b"x")
    assert outbox.waiting() == []


def test_trouble_with_the_disk_is_known_trouble(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "blobs")
    digest = outbox.put(b"box")
    outbox.forget(digest)
    with pytest.raises(Damaged, match="blob-io"):
        outbox.read(digest)
    (tmp_path / "blobs").rmdir()
    for act in (lambda: outbox.put(b"box"), outbox.waiting):
        with pytest.raises(Damaged, match="blob-io"):
            act()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Damaged, match="blob-io"):
        Outbox(tmp_path / "file")


def test_a_file_that_is_not_what_its_name_says_is_not_sent(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    digest = outbox.put(b"box")
    (tmp_path / digest).write_bytes(b"other")
    with pytest.raises(Damaged):
        outbox.read(digest)


def test_a_full_disk_keeps_no_half_of_a_photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(_file: int) -> None:
        raise OSError(errno.ENOSPC, "no room")

    outbox = Outbox(tmp_path / "blobs")
    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(Damaged) as caught:
        outbox.put(b"box")
    assert caught.value.code == FULL and "磁盘空间不足" in caught.value.sentence
    assert list((tmp_path / "blobs").iterdir()) == []
    monkeypatch.undo()
    assert outbox.waiting() == [] and outbox.read(outbox.put(b"box")) == b"box"
