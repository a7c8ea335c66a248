"""The status as Qt signals, and the hold on a data folder: the only module of sync that knows Qt."""

import os
import sys
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal

from core.errors import Conflict
from sync.errors import unusable
from sync.keys import choose_source
from sync.rotation import rotate
from sync.status import Status, StatusBoard

_LOCK = "running.lock"


def hold(folder: Path) -> QLockFile:
    """Keeps a second program away from the folder until ``unlock``: two workers on one cache would undo each other.

    A lock is never too old; one whose program was killed, or that is from before the machine's start, holds nothing.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unusable(folder) from error
    lock = QLockFile(str(folder / _LOCK))
    lock.setStaleLockTime(0)
    if lock.tryLock(0):
        return lock
    if lock.error() is not QLockFile.LockError.LockFailedError:
        raise unusable(folder)
    hint = f"请使用已打开的窗口；确认没有其他程序使用这个数据文件夹时，可删除其中的 {_LOCK} 后重新启动。"
    raise Conflict("already-running", "程序已在运行", hint)


class StatusSignals(QObject):
    """Tells every new snapshot on the thread of whoever connects: Qt queues it over from the sync thread."""

    changed = Signal(object)

    def __init__(self, board: StatusBoard, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._board = board
        board.listen(self.changed.emit)

    @property
    def now(self) -> Status:
        """The newest snapshot."""
        return self._board.now


def rotate_key(folder: Path, verify: bool | str) -> None:
    """Changes the device's key while the program does not run, and says so on the console."""
    lock = hold(folder)
    try:
        rotate(folder, choose_source(folder, os.environ), verify)
    finally:
        lock.unlock()
    sys.stdout.write("设备密钥已更换\n")
