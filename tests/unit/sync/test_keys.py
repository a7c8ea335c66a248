"""Device secrets: one contract for every source that this machine can try, and the file's rights."""

import ctypes
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from core.wire.signing import key_pair
from sync.errors import WrongKey
from sync.keys import CredentialSource, DeviceSecrets, FileSource, choose_source, load_or_make, unpacked


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


KEYS = st.binary(min_size=32, max_size=32)


@pytest.mark.rule("D-1")
@given(seed=KEYS, file_key=KEYS, old=KEYS)
def test_a_rotated_secret_holds_the_pair_before(seed: bytes, file_key: bytes, old: bytes) -> None:
    """A device has its own key pair, and after a rotation still the one that it had."""
    plain = DeviceSecrets(key_pair(seed), file_key)
    rotated = DeviceSecrets(key_pair(seed), file_key, key_pair(old))
    assert (unpacked(plain.packed()), unpacked(rotated.packed())) == (plain, rotated)
    for cut in (rotated.packed()[:-1], plain.packed() + b"x"):
        with pytest.raises(WrongKey):
            unpacked(cut)


class Crypt32:
    """Stands in for Windows: takes the calls in the documented form, and answers as it does."""

    _LOCAL_MACHINE, _NO_PROMPT, _MARK = 0x4, 0x1, b"DPAPI"

    def __init__(self) -> None:
        self.freed = 0
        self._kept: list[Any] = []

    def CryptProtectData(self, source: Any, *told: Any) -> int:
        """For the machine and without a prompt, or not at all."""
        *nothing, flags, target = told
        assert nothing == [None] * 4
        assert flags == self._LOCAL_MACHINE | self._NO_PROMPT
        return self._answer(target, self._MARK + self._read(source)[::-1])

    def CryptUnprotectData(self, source: Any, *told: Any) -> int:
        """0 for what it has not made."""
        *nothing, flags, target = told
        assert (nothing, flags) == ([None] * 4, self._NO_PROMPT)
        kept = self._read(source)
        return self._answer(target, kept[len(self._MARK) :][::-1]) if kept.startswith(self._MARK) else 0

    def LocalFree(self, data: Any) -> None:
        """Each answer is given back once."""
        assert data
        self.freed += 1

    def _read(self, source: Any) -> bytes:
        blob = source._obj
        return ctypes.string_at(blob.data, blob.size)

    def _answer(self, target: Any, data: bytes) -> int:
        blob, buffer = target._obj, ctypes.create_string_buffer(data, len(data))
        self._kept.append(buffer)
        blob.size, blob.data = len(data), ctypes.cast(buffer, ctypes.POINTER(ctypes.c_char))
        return 1


@pytest.mark.rule("D-2")
def test_windows_is_asked_in_its_own_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Personal data is encrypted at rest on devices: a stand-in for DPAPI holds our calls to their form."""
    windows = Crypt32()
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(crypt32=windows, kernel32=windows), raising=False)
    monkeypatch.setattr("sync.keys.sys", SimpleNamespace(platform="win32"))
    source = choose_source(tmp_path, {})
    assert source.kind == "dpapi"
    made = load_or_make(source)
    assert load_or_make(source) == made
    on_disk = (tmp_path / "device.key").read_bytes()
    assert made.keys.seed not in on_disk and made.file_key not in on_disk
    (tmp_path / "device.key").write_bytes(b"of another machine")
    (tmp_path / "device.key").chmod(0o600)
    with pytest.raises(WrongKey):
        source.load()
    assert windows.freed == 2
