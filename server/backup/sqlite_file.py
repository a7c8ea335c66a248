"""Copies an SQLite database while others write to it: one state of it, in one file, whole or not at all."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, create_engine

from core.errors import Conflict, Unreachable
from core.secret_files import flush_folder

Progress = Callable[[int, int], None]
"""Told how much is done, of how much."""
_PAGES = 256
"""Copied in one step: small enough to say how far it is, and to be interrupted."""
_SIDE_FILES = ("-wal", "-shm", "-journal")


def copy(source: Path, target: Path, progress: Progress) -> None:
    """Copies what is committed now into a file for its owner alone; ``target`` gets its name when it is whole."""
    part = target.with_name(f"{target.name}.part")
    remove(part)
    part.touch(mode=0o600)
    try:
        _copy_pages(source, part, progress)
    except sqlite3.Error as error:
        remove(part)
        hint = "原来的数据库没有改变；请检查磁盘空间和读写权限后再试"
        raise Unreachable("backup.copy", f"数据库无法复制（{error}）", hint) from error
    flush_file(part)
    part.replace(target)
    flush_folder(target.parent)


def _copy_pages(source: Path, part: Path, progress: Progress) -> None:
    address = f"{source.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=15)) as origin, closing(_by_hand(part)) as copied:
        # What this connection reads from here on is one state, however long it takes and whoever writes.
        origin.execute("BEGIN")
        origin.execute("SELECT count(*) FROM sqlite_master").fetchone()
        origin.backup(copied, pages=_PAGES, progress=lambda _, left, total: progress(total - left, total))
        settle(copied)


def flush_file(path: Path) -> None:
    """Makes what was written to a file durable."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def settle(database: sqlite3.Connection) -> None:
    """Takes the log of pages into the file, so that it is whole alone; SQLite refuses while others have it open."""
    database.execute("PRAGMA journal_mode=DELETE")


def require_unused(path: Path) -> None:
    """Raises while another program has the database open; afterwards it is one file with nothing beside it."""
    if not path.is_file():
        return
    try:
        with closing(_by_hand(path)) as database:
            settle(database)
    except sqlite3.OperationalError as error:
        hint = "请先停止服务器和其他使用该数据库的程序；什么也没有改变"
        raise Conflict("restore.running", f"数据库正在使用中：{path}", hint) from error


def reading(path: Path) -> Engine:
    """An engine on a file that nobody changes; it leaves nothing beside it."""
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    return create_engine("sqlite://", creator=lambda: sqlite3.connect(address, uri=True))


def _by_hand(path: Path) -> sqlite3.Connection:
    """A connection whose transactions are begun by hand, and which waits for nobody."""
    return sqlite3.connect(path, timeout=0, isolation_level=None)


def remove(path: Path) -> None:
    """Takes a database away with what lies beside it."""
    for ending in ("", *_SIDE_FILES):
        path.with_name(path.name + ending).unlink(missing_ok=True)
