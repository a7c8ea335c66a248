"""What can go wrong between a device and its server, or with the device's own files."""

from pathlib import Path

from core.disk import FULL
from core.errors import DomainError, Unreachable


class SyncError(DomainError):
    """Base of trouble in syncing; the screens show its sentence and keep working."""

    default_hint = "本机记录不会丢失，网络恢复后会自动再次同步。"


class Offline(Unreachable, SyncError):
    """The server cannot be reached; the schedule tries again."""

    default_hint = "请检查网络；本机记录不会丢失，恢复后会自动同步。"


class ProtocolError(SyncError):
    """The other side said something that this program does not understand."""

    default_hint = "请将程序升级到最新版本；本机记录不会丢失。"


class WrongKey(SyncError):
    """A device file does not open with this key, or the key is not one."""

    default_hint = "请确认数据文件属于本机；如设备已更换，请重新配对。"


class Damaged(SyncError):
    """A device file is not what was written; nothing in it is thrown away."""

    default_hint = "请保留数据目录，不要删除任何文件，并联系管理员处理。"


def full(what: str) -> Damaged:
    """This machine's disk is full: what could not be done for it; what was written before is safe."""
    hint = "已有记录都已保存，不会丢失；请清理磁盘空间，然后重新操作，同步会自动继续。"
    return Damaged(FULL, f"本机磁盘空间不足，{what}。", hint)


def unusable(folder: Path) -> Damaged:
    """The data folder can't be read or written."""
    return Damaged(
        "folder-unusable",
        f"数据文件夹无法读写：{folder}",
        "请检查磁盘空间和文件夹权限，再重新启动程序；已有的文件没有改动。",
    )
