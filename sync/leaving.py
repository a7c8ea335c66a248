"""How a revoked device ends: once the server has all, its files go, the key first; a kill changes nothing (D-1)."""

import shutil
from pathlib import Path

import msgspec

from core.errors import Refused
from core.secret_files import flush_folder, keep_secret
from core.wire.push import Head
from sync.blobs import Outbox
from sync.errors import Damaged, unusable
from sync.journal.file import JOURNAL, File
from sync.journal.reading import Reader
from sync.keys import KeySource, Kind, unpacked

_MARK = "leaving.json"
_KEY = "device.key*"
_FILES = ("*.db", "*.db-*", "*.db.*", "pairing*.json*")
BLOBS = "blobs"
SENTENCE = "本机已停用，记录已全部上传，本机数据已清除"
HINT = "记录由公司管理人员处理；如需再次使用，请重新启动程序，用新的配对码配对"
CREDENTIAL_HINT = (
    "本机密钥由系统凭据提供，程序不能清除：请系统管理员删除凭据 zhiye-device；"
    "如需再次使用，换上新的凭据（旧密钥已停用，不能再配对），重新启动程序后用新的配对码配对"
)
"""Of a credential that only its maker can take away: the server knows its key as a revoked one's."""


class _Mark(msgspec.Struct, frozen=True):
    """Up to where the server has said that it has this journal."""

    journal: str
    dseq: int


def mark(folder: Path, journal: str, head: Head) -> None:
    """Notes durably that the files may go: from here on every start of the program takes them away."""
    try:
        keep_secret(folder / _MARK, msgspec.json.encode(_Mark(journal, head.dseq)))
    except OSError as error:
        raise unusable(folder) from error


def is_due(folder: Path) -> bool:
    """Whether it was noted that the files may go: many photos take a while, which no window waits for."""
    return (folder / _MARK).exists()


def told(kind: Kind) -> Refused:
    """What a window says once the files are gone, and what is to be done where this kind of key was kept."""
    hint = CREDENTIAL_HINT if kind == "systemd-creds" else HINT
    return Refused("devices.left", SENTENCE, hint, rule="D-1")


def finish(folder: Path, source: KeySource) -> bool:
    """Takes the files away if that was noted, and nothing was written since; to be called while none is open.

    False if they stay: the device goes on then, and brings the server what is new.
    """
    try:
        if not is_due(folder):
            return False
        secret = source.load() if (folder / JOURNAL).exists() else None
        if secret is not None and not _is_all(folder, unpacked(secret).file_key):
            (folder / _MARK).unlink()
            return False
    except OSError as error:
        raise unusable(folder) from error
    try:
        _remove(folder)
    except OSError as error:
        sentence = "本机已停用，但数据文件还没有全部清除"
        hint = "服务器已收到全部记录；请重新启动程序或计算机，会自动继续清除"
        raise Damaged("leaving-files", sentence, hint) from error
    return True


def _is_all(folder: Path, file_key: bytes) -> bool:
    """Whether the journal says nothing beyond what the server has, and no photo waits."""
    noted = msgspec.json.decode((folder / _MARK).read_bytes(), type=_Mark)
    if Outbox(folder / BLOBS).waiting():
        return False
    file = File(folder / JOURNAL, file_key)
    try:
        journal = Reader(file)
        return journal.id == noted.journal and journal.deeds(noted.dseq) == 0
    finally:
        file.close()


def _remove(folder: Path) -> None:
    """The key first: without it the rest is noise, whenever the power goes."""
    for file in folder.glob(_KEY):
        file.unlink()
    flush_folder(folder)
    if (folder / BLOBS).exists():
        shutil.rmtree(folder / BLOBS)
    for pattern in _FILES:
        for file in folder.glob(pattern):
            file.unlink()
    flush_folder(folder)
    (folder / _MARK).unlink()
    flush_folder(folder)
