"""A full disk is known by whoever reports it, and nothing else is taken for one."""

import errno
import sqlite3
from pathlib import Path
from typing import Any

import psycopg.errors
import pytest
from sqlalchemy.exc import OperationalError

from core.disk import is_full


def full_database(driver: Any, path: Path) -> Exception:
    """What a driver says of a database that has no page left."""
    db = driver.connect(str(path))
    db.execute("CREATE TABLE t (x)")
    db.execute("PRAGMA max_page_count = 2")
    with pytest.raises(driver.OperationalError) as caught:
        db.execute("INSERT INTO t VALUES (zeroblob(100000))")
    db.close()
    return caught.value


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_the_system_says_so(number: int) -> None:
    assert is_full(OSError(number, "x"))


@pytest.mark.parametrize("encrypted", [False, True])
def test_sqlite_says_so(tmp_path: Path, encrypted: bool) -> None:
    from sqlcipher3 import dbapi2

    error = full_database(dbapi2 if encrypted else sqlite3, tmp_path / "a.db")
    assert is_full(error) and is_full(OperationalError("INSERT", {}, error))


def test_postgresql_says_so() -> None:
    error = psycopg.errors.DiskFull("could not extend file")
    assert is_full(error) and is_full(OperationalError("INSERT", {}, error))


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EACCES, "x"), OSError("x"), ConnectionResetError(), psycopg.OperationalError("full of bugs"),
        sqlite3.OperationalError("database is locked"), OperationalError("SELECT 'disk'", {}, Exception("lost")),
    ],
)  # fmt: skip
def test_nothing_else_is_taken_for_it(error: Exception) -> None:
    assert not is_full(error)


def test_where_the_driver_gives_no_reason_the_disk_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    assert not is_full(error, tmp_path / "a.db"), "a disk with room has another trouble"
    assert not is_full(error, tmp_path / "gone" / "a.db")
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: type("Usage", (), {"free": 4096}))
    assert is_full(error, tmp_path / "a.db") and not is_full(error)
