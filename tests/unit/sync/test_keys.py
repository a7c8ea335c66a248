"""Device secrets: one contract for every source that this machine can try, and the file's rights."""

import os
from pathlib import Path

import pytest

from core.errors import DomainError
from sync.errors import WrongKey
from sync.keys import CredentialSource, FileSource, choose_source, load_or_make


@pytest.mark.rule("D-1")
def test_secrets_are_made_once(tmp_path: Path) -> None:
    """A device has its own key pair, made on the device."""
    source = FileSource(tmp_path / "keys" / "device.key")
    assert source.load() is None
    made = load_or_make(source)
    assert load_or_make(source) == made
    assert len(made.file_key) == len(made.keys.seed) == len(made.keys.public) == 32
    assert made.file_key != made.keys.seed


def test_secrets_are_not_shown_in_logs(tmp_path: Path) -> None:
    made = load_or_make(FileSource(tmp_path / "device.key"))
    assert made.file_key.hex() not in repr(made)
    assert repr(made.keys.seed) not in repr(made)


@pytest.mark.skipif(os.name != "posix", reason="rights are bits on POSIX only")
@pytest.mark.rule("D-2")
def test_a_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Encrypted at rest on devices: a key that others may read is used no more."""
    source = FileSource(tmp_path / "device.key")
    load_or_make(source)
    assert (tmp_path / "device.key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "device.key").chmod(0o644)
    with pytest.raises(DomainError, match="key-file-open"):
        source.load()


def test_a_cut_secret_is_refused(tmp_path: Path) -> None:
    source = FileSource(tmp_path / "device.key")
    source.store(b"short")
    with pytest.raises(WrongKey, match="device-secrets"):
        load_or_make(source)


def test_the_office_sees_which_source_it_is(tmp_path: Path) -> None:
    assert choose_source(tmp_path, {}).kind in ("file", "dpapi")
    assert choose_source(tmp_path, {"CREDENTIALS_DIRECTORY": str(tmp_path)}).kind in ("file", "dpapi")
    (tmp_path / "zhiye-device").write_bytes(bytes(64))
    source = choose_source(tmp_path, {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert source.kind == "systemd-creds"
    assert load_or_make(source).file_key == bytes(32)
    with pytest.raises(WrongKey, match="key-read-only"):
        CredentialSource(tmp_path / "zhiye-device").store(b"")
