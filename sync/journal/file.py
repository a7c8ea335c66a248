"""Opens an SQLCipher file with a raw key, durable at every commit; the only place that knows the driver."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from core.disk import is_full
from sync.errors import Damaged, WrongKey, full

JOURNAL = "journal.db"
"""The journal's name in the folder of its installation."""
KEY_BYTES = 32
_BUSY_SECONDS = 10.0
_OUR_BUG = 1
"""SQLITE_ERROR: a statement that makes no sense; what the machine does to a file has other codes."""


class File:
    """One connection; each thread opens its own, and SQLite's locks keep writers apart."""

    def __init__(self, path: Path, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise WrongKey("file-key-form", "本机数据文件的密钥长度不正确。")
        self.path = path
        self._key = key
        self._db = _connect(path, key)

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows of a query, or of a statement that changes something."""
        try:
            return list(self._db.execute(sql, values))
        except dbapi2.DatabaseError as error:
            raise _translated(error, self.path) from error

    def row(self, sql: str, *values: Any) -> tuple[Any, ...] | None:
        """The first row of a query."""
        found = self.rows(sql, *values)
        return found[0] if found else None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One writer at a time, all or nothing; on return it is on the disk."""
        self.rows("BEGIN IMMEDIATE")
        try:
            yield
            self.rows("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # on a full disk SQLite has rolled back by itself
                self.rows("ROLLBACK")
            raise

    def copy_to(self, path: Path) -> None:
        """A consistent copy under the same key, made while others may read and write."""
        path.unlink(missing_ok=True)
        other = _connect(path, self._key)
        try:
            self._db.backup(other)
        except dbapi2.DatabaseError as error:
            raise _translated(error, self.path) from error
        finally:
            other.close()

    def close(self) -> None:
        """Closes the connection; what was committed needs no closing to be safe."""
        self._db.close()


def _connect(path: Path, key: bytes) -> Any:
    """WAL with ``synchronous=FULL``: a commit returns after the log is flushed, so a kill or a power cut loses nothing.

    Reading the schema makes SQLCipher try the key at once.
    """
    try:
        db = dbapi2.connect(str(path), isolation_level=None, timeout=_BUSY_SECONDS)
    except dbapi2.DatabaseError as error:
        raise _translated(error, path) from error
    try:
        db.execute("PRAGMA cipher_log_level = NONE")
        db.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        db.execute("SELECT count(*) FROM sqlite_master").fetchall()
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
    except dbapi2.DatabaseError as error:
        db.close()
        raise _translated(error, path) from error
    return db


def _translated(error: Exception, path: Path) -> Exception:
    """The driver's words as ours; SQLCipher says the same of a wrong key and of a file that it did not write."""
    text = str(error)
    if "not a database" in text:
        return WrongKey("file-key-wrong", "本机数据文件的密钥不正确，或文件不是本程序的数据文件。")
    if "malformed" in text or "disk image" in text:
        return Damaged("file-damaged", "本机数据文件已损坏。")
    if is_full(error, path):
        return full("没有写入新的记录")
    if "locked" in text:
        return Damaged(
            "file-busy", "本机数据文件正被占用，本次操作没有记录。", "请关闭重复打开的程序后重试。"
        )
    if isinstance(error, dbapi2.OperationalError) and getattr(error, "sqlite_errorcode", None) != _OUR_BUG:
        hint = "请检查磁盘是否损坏、只读或已拔出，然后重试；已有记录不受影响。"
        return Damaged("file-io", "读写本机数据文件时出错，本次操作没有完成。", hint)
    return error
