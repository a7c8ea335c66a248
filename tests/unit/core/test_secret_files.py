"""Secrets are written for their owner alone, and whole."""

import os
from pathlib import Path

import pytest

from core.secret_files import keep_secret, settle, stage


@pytest.mark.rule("D-2")
def test_a_secret_is_its_owners_alone_and_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    """Encrypted at rest on devices and on the server: the keys are nobody else's."""
    path = tmp_path / "folder" / "some.key"
    fresh = stage(path, b"first\n")
    assert not path.exists()
    fresh = stage(path, b"second\n")
    settle(fresh, path)
    assert path.read_bytes() == b"second\n"
    keep_secret(path, b"third")
    assert [file.read_bytes() for file in path.parent.iterdir()] == [b"third"]
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o600
