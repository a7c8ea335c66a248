"""The device's secrets — signing seed and file key — and where they are kept; the office sees which (D-2)."""

import ctypes
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from core.secret_files import keep_secret
from core.wire.signing import KeyPair, key_pair, new_key_pair
from sync.errors import Damaged, WrongKey

Kind = Literal["tpm", "dpapi", "systemd-creds", "file"]

_SEED_BYTES = 32
_FILE_KEY_BYTES = 32
_LENGTHS = (_SEED_BYTES + _FILE_KEY_BYTES, _SEED_BYTES + _FILE_KEY_BYTES + _SEED_BYTES)
"""Of a kept secret: seed and file key, and after a rotation the seed before."""
_CREDENTIAL = "zhiye-device"
_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class DeviceSecrets:
    """What makes a device itself: its key pair, and the key of its encrypted files."""

    keys: KeyPair = field(repr=False)
    file_key: bytes = field(repr=False)
    previous: KeyPair | None = field(default=None, repr=False)
    """The pair before a rotation, which signs the change where a server has not heard of it."""

    def packed(self) -> bytes:
        """The bytes that a source keeps."""
        return self.keys.seed + self.file_key + (self.previous.seed if self.previous else b"")


def unpacked(kept: bytes) -> DeviceSecrets:
    """What a source has kept."""
    if len(kept) not in _LENGTHS:
        raise WrongKey("device-secrets", "本机密钥不完整。")
    seed, file_key, old = kept[:_SEED_BYTES], kept[_SEED_BYTES : _LENGTHS[0]], kept[_LENGTHS[0] :]
    return DeviceSecrets(key_pair(seed), file_key, key_pair(old) if old else None)


class KeySource(Protocol):
    """A place that keeps the secrets of one installation."""

    @property
    def kind(self) -> Kind:
        """Which protection this is."""

    def load(self) -> bytes | None:
        """The secret that was kept; None if there is none yet."""

    def store(self, secret: bytes) -> None:
        """Keeps a secret; when it returns it will survive a power cut."""


def load_or_make(source: KeySource) -> DeviceSecrets:
    """The installation's secrets, made on its first start."""
    kept = source.load()
    if kept is None:
        made = DeviceSecrets(new_key_pair(), secrets.token_bytes(_FILE_KEY_BYTES))
        source.store(made.packed())
        return made
    return unpacked(kept)


def choose_source(folder: Path, environ: Mapping[str, str]) -> KeySource:
    """The best source that this machine has; a TPM of its own is not used yet (see docs/PROTOCOL.md)."""
    credentials = environ.get("CREDENTIALS_DIRECTORY")
    if credentials and (Path(credentials) / _CREDENTIAL).is_file():
        return CredentialSource(Path(credentials) / _CREDENTIAL)
    if sys.platform == "win32":
        return DpapiSource(FileSource(folder / "device.key"))
    return FileSource(folder / "device.key")


class FileSource:
    """A file that only its owner may read: what remains where the machine offers nothing better."""

    kind: Kind = "file"

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> bytes | None:
        """Reads the file, and refuses one that others may read."""
        if not self._path.exists():
            return None
        if os.name == "posix" and self._path.stat().st_mode & _OTHERS:
            raise Damaged(
                "key-file-open",
                "本机密钥文件可被其他用户读取，已停止使用。",
                "请将文件权限改为仅所有者可读写。",
            )
        return self._path.read_bytes()

    def store(self, secret: bytes) -> None:
        """Writes beside and renames, so that there is always one whole file."""
        keep_secret(self._path, secret)


class CredentialSource:
    """A credential that systemd decrypts for the service, with the TPM if there is one; it is only read."""

    kind: Kind = "systemd-creds"

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> bytes | None:
        """Reads the credential."""
        return self._path.read_bytes()

    def store(self, secret: bytes) -> None:
        """A service cannot write its own credentials."""
        raise WrongKey("key-read-only", "本机密钥由系统凭据提供，程序不能更改。", "请由系统管理员更换凭据。")


class DpapiSource:
    """A file whose content Windows encrypts for this machine (DPAPI); it keeps its owner-only rights besides."""

    kind: Kind = "dpapi"

    def __init__(self, file: FileSource) -> None:
        self._file = file

    def load(self) -> bytes | None:
        """Reads and decrypts; fails on any other machine."""
        kept = self._file.load()
        return None if kept is None else _dpapi(kept, protect=False)

    def store(self, secret: bytes) -> None:
        """Encrypts and writes."""
        self._file.store(_dpapi(secret, protect=True))


class _Blob(ctypes.Structure):
    """DATA_BLOB of the Windows API."""

    _fields_ = (("size", ctypes.c_uint32), ("data", ctypes.POINTER(ctypes.c_char)))


_LOCAL_MACHINE = 0x4
_NO_PROMPT = 0x1


def _dpapi(data: bytes, *, protect: bool) -> bytes:
    """CryptProtectData and its reverse, for the machine and without a prompt."""
    if sys.platform != "win32":
        raise WrongKey("dpapi-absent", "只有 Windows 设备能使用这种密钥保护方式。")
    crypt, kernel = ctypes.windll.crypt32, ctypes.windll.kernel32
    call = crypt.CryptProtectData if protect else crypt.CryptUnprotectData
    buffer = ctypes.create_string_buffer(data, len(data))
    source = _Blob(len(data), ctypes.cast(buffer, ctypes.POINTER(ctypes.c_char)))
    target = _Blob()
    flags = _NO_PROMPT | (_LOCAL_MACHINE if protect else 0)
    if not call(ctypes.byref(source), None, None, None, None, flags, ctypes.byref(target)):
        raise WrongKey("dpapi-failed", "Windows 无法解开本机密钥。")
    try:
        return ctypes.string_at(target.data, target.size)
    finally:
        kernel.LocalFree(target.data)
