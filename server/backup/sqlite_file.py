"""Copies an SQLite database while others write to it: one state of it, in one file, whole or not at all."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from core.secret_files import flush_folder

Progress = Callable[[int, int], None]
"""Told how much is done, of how much."""
_PAGES = 4096
_SIDE_FILES = ("-wal", "-shm", "-journal")


def copy(source: Path, target: Path, progress: Progress) -> None:
    """Copies what is committed now into a file for its owner alone; ``target`` gets its name when it is whole."""
    part = target.with_name(f"{target.name}.part")
    remove(part)
    part.touch(mode=0o600)
    address = f"{source.resolve().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True, timeout=15)) as origin,
        closing(open_alone(part)) as copied,
    ):
        # What this connection reads from here on is one state, however long it takes and whoever writes.
        origin.execute("BEGIN")
        origin.execute("SELECT count(*) FROM sqlite_master").fetchone()
        origin.backup(copied, pages=_PAGES, progress=lambda _, left, total: progress(total - left, total))
        # The copy of a file with a log of pages is one, too; alone it has to be whole without.
        copied.execute("PRAGMA journal_mode=DELETE")
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(target)
    flush_folder(target.parent)


def open_alone(path: Path) -> sqlite3.Connection:
    """A connection whose transactions are begun by hand."""
    return sqlite3.connect(path, timeout=0, isolation_level=None)


def remove(path: Path) -> None:
    """Takes a database away with what lies beside it."""
    for ending in ("", *_SIDE_FILES):
        path.with_name(path.name + ending).unlink(missing_ok=True)
