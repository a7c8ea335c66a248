"""Tells a full disk from other trouble, whoever reports it: the system, SQLite or PostgreSQL."""

import errno
import shutil
from pathlib import Path

FULL = "disk-full"
"""The code of every error that says so."""
_SYSTEM = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_SQLITE, _SQLITE_CODES = "database or disk is full", {13, 4874}
"""SQLITE_FULL, and SQLITE_IOERR_SHMSIZE: no room for what connections share beside the file."""
_SQLITE_IO = "disk I/O error"
_LEAST = 128 * 1024
_POSTGRESQL = "53100"


def is_full(error: BaseException, file: Path | None = None) -> bool:
    """Whether an error of the system or of a database's driver, wrapped or not, says that a disk is full.

    SQLCipher's driver does not tell why a file could not be written: then the disk on which ``file`` lies is asked.
    """
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, OSError):
        return cause.errno in _SYSTEM
    if getattr(cause, "sqlite_errorcode", None) in _SQLITE_CODES or _SQLITE in str(cause):
        return True
    if getattr(cause, "sqlstate", None) == _POSTGRESQL:
        return True
    return file is not None and _SQLITE_IO in str(cause) and _nothing_left(file)


def _nothing_left(file: Path) -> bool:
    try:
        return shutil.disk_usage(file.parent).free < _LEAST
    except OSError:
        return False
