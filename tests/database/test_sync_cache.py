"""The device's cache: the server's rows whatever the table, by scope, through upgrades, damage and resets."""

import base64
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

import core.catalogue  # noqa: F401
from core.wire.push import ChangedRow, ChangePage, Cursor
from sync.cache.apply import apply_staged, drop_scope, held_scopes, next_cursors, stage
from sync.cache.rebuild import open_cache
from sync.cache.store import Cache, cache_engine
from sync.cache.tables import SERVER_ROW, SYNC_META
from tests.factories.wire import FILE_KEY
from tests.fakes.clock import FakeClock

A, B = "agency:a", "project:b"
HASH = "a" * 64
ROOT = Path(__file__).parents[2]


def opened(folder: Path, key: bytes = FILE_KEY) -> Cache:
    """The cache as a program opens it."""
    return open_cache(folder / "cache.db", key, FakeClock())


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    made = opened(tmp_path)
    yield made
    made.close()


def agency(row_id: str, name: str = "甲公司", **more: Any) -> ChangedRow:
    """A row of a table that every program knows."""
    row = {
        "id": row_id,
        "name": name,
        "uscc": row_id,
        "qualifications": ["维护保养检测"],
        "legal_person_id": "p",
    }
    return ChangedRow(table="agency", id=row_id, gone=False, row=row | more)


def gone(row: ChangedRow) -> ChangedRow:
    """Its tombstone."""
    return ChangedRow(table=row.table, id=row.id, gone=True)


def pull(cache: Cache, scope: str, *rows: ChangedRow, seq: int = 5, reset: bool = False) -> None:
    """Stages and applies a scope as the puller does."""
    with cache.writing() as db:
        if reset:
            stage(db, ChangePage(scope=scope, cursor=Cursor(), rows=[], more=True, reset=True))
        stage(db, ChangePage(scope=scope, cursor=Cursor(seq=seq, rolling=HASH), rows=list(rows), more=False))
        apply_staged(db, cache.synced, scope)


def names(cache: Cache) -> dict[str, str]:
    """What a screen would read."""
    with cache.reading() as db:
        return {row.id: row.name for row in db.execute(text("SELECT id, name FROM agency"))}


def make_older(db: Connection) -> None:
    """Lets the file look like that of an older program."""
    db.execute(SYNC_META.update().where(SYNC_META.c.name == "shape").values(value="older"))


def test_rows_are_written_and_a_tombstone_takes_them_away(cache: Cache) -> None:
    one, two = agency("1"), agency("2", "乙公司")
    pull(cache, A, one, two)
    pull(cache, A, agency("1", "丙公司"), gone(two), seq=6)
    assert names(cache) == {"1": "丙公司"}
    with cache.reading() as db:
        assert next_cursors(db, [A])[A] == Cursor(seq=6, rolling=HASH)
        assert next_cursors(db, [B])[B] == Cursor()


def test_nothing_is_seen_before_a_scope_is_complete(cache: Cache) -> None:
    page = ChangePage(scope=A, cursor=Cursor(seq=3, rolling=HASH), rows=[agency("1")], more=True)
    with cache.writing() as db:
        stage(db, page)
    assert names(cache) == {}
    with cache.reading() as db:
        assert next_cursors(db, [A])[A].seq == 3
    pull(cache, A, agency("2"))
    assert names(cache).keys() == {"1", "2"}


def test_a_row_of_two_scopes_stays_until_both_are_gone(cache: Cache) -> None:
    pull(cache, A, agency("1"), agency("2"))
    pull(cache, B, agency("1"))
    with cache.writing() as db:
        drop_scope(db, cache.synced, A)
    assert names(cache).keys() == {"1"}
    with cache.reading() as db:
        assert held_scopes(db) == {B}
    pull(cache, B, gone(agency("1")), seq=6)
    assert names(cache) == {}


def test_a_reset_drops_what_the_new_history_does_not_have(cache: Cache) -> None:
    pull(cache, A, agency("1"), agency("2"))
    pull(cache, B, agency("3"))
    pull(cache, A, agency("2", "新名"), seq=2, reset=True)
    assert names(cache) == {"2": "新名", "3": "甲公司"}


def test_unique_values_may_be_swapped(cache: Cache) -> None:
    pull(cache, A, agency("1", uscc="x"), agency("2", uscc="y"))
    pull(cache, A, agency("1", uscc="y"), agency("2", uscc="x"), seq=6)
    assert names(cache).keys() == {"1", "2"}


def test_bytes_come_out_of_base64(cache: Cache) -> None:
    template = bytes(range(200, 256))
    row = {
        "id": "f",
        "project_id": "p",
        "person_id": "q",
        "portrait_id": "r",
        "engine": "e",
        "template": base64.b64encode(template).decode(),
    }
    pull(cache, B, ChangedRow(table="project_face", id="f", gone=False, row=row))
    with cache.reading() as db:
        assert db.scalar(text("SELECT template FROM project_face")) == template


def test_unknown_tables_and_columns_wait_for_the_upgrade(tmp_path: Path) -> None:
    old = opened(tmp_path)
    known = old.synced
    old.synced = {name: table for name, table in known.items() if name != "agency"}
    stranger = ChangedRow(table="from_the_future", id="x", gone=False, row={"id": "x"})
    pull(old, A, agency("1", colour="red"), stranger)
    assert names(old) == {}
    with old.writing() as db:
        assert next_cursors(db, [A])[A].seq == 5
        make_older(db)
    old.close()
    new = opened(tmp_path)
    assert names(new) == {"1": "甲公司"}
    with new.reading() as db:
        assert next_cursors(db, [A])[A].seq == 5
        raw = dict(db.execute(select(SERVER_ROW.c.row_id, SERVER_ROW.c.row)).all())
    assert b"red" in raw["1"]
    assert raw.keys() == {"1", "x"}
    new.close()


def test_a_row_without_a_needed_column_waits(cache: Cache) -> None:
    row = agency("1").row or {}
    nameless = {name: value for name, value in row.items() if name != "name"}
    pull(cache, A, ChangedRow(table="agency", id="1", gone=False, row=nameless), agency("2"))
    assert names(cache).keys() == {"2"}


def test_a_cache_of_another_shape_is_rebuilt_without_a_network(tmp_path: Path) -> None:
    old = opened(tmp_path)
    pull(old, A, agency("1"))
    with old.writing() as db:
        # A column that an older program did not have.
        db.execute(text("ALTER TABLE agency DROP COLUMN name"))
        make_older(db)
    old.close()
    (tmp_path / "cache.db.new").write_bytes(b"left by a kill")
    new = opened(tmp_path)
    assert names(new) == {"1": "甲公司"}
    assert new.is_current()
    new.close()
    assert not (tmp_path / "cache.db.new").exists()


def test_another_layout_of_the_cache_itself_is_pulled_anew(tmp_path: Path) -> None:
    old = opened(tmp_path)
    pull(old, A, agency("1"))
    with old.writing() as db:
        db.execute(SYNC_META.update().where(SYNC_META.c.name.in_(("shape", "layout"))).values(value="0"))
    old.close()
    new = opened(tmp_path)
    assert names(new) == {}
    with new.reading() as db:
        assert next_cursors(db, [A])[A] == Cursor()
    new.close()


@pytest.mark.parametrize("damage", ["key", "bytes"])
def test_an_unreadable_cache_is_set_aside(tmp_path: Path, damage: str) -> None:
    old = opened(tmp_path)
    pull(old, A, agency("1"))
    old.close()
    if damage == "bytes":
        (tmp_path / "cache.db").write_bytes(b"not a database at all" * 500)
    new = opened(tmp_path, key=bytes(32) if damage == "key" else FILE_KEY)
    assert names(new) == {}
    assert (tmp_path / "cache.db.unreadable").exists()
    new.close()


_KILLED = """
import os, pathlib, signal, sys
import core.catalogue
from sqlalchemy import event
from core.clock import SystemClock
from sync.cache import rebuild
real, left = rebuild.cache_engine, int(sys.argv[2])
def engine(path, key):
    made = real(path, key)
    @event.listens_for(made, "commit")
    def commit(_connection):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL) if hasattr(signal, "SIGKILL") else os._exit(137)
    return made
rebuild.cache_engine = engine
rebuild.open_cache(pathlib.Path(sys.argv[1]), bytes(32), SystemClock())
"""


@pytest.mark.parametrize("commits", range(4))
def test_a_program_killed_while_it_makes_its_cache_starts_again(tmp_path: Path, commits: int) -> None:
    path = tmp_path / "cache.db"
    command = [sys.executable, "-c", _KILLED, str(path), str(commits)]
    ended = subprocess.run(command, check=False, cwd=ROOT, timeout=60)
    assert (ended.returncode == 0) == (commits >= 3), "the kill has to come while it is made"
    cache = opened(tmp_path, key=bytes(32))
    pull(cache, A, agency("1"))
    assert names(cache).keys() == {"1"}
    cache.close()
    assert not (tmp_path / "cache.db.unreadable").exists()


def test_half_a_cache_is_set_aside(tmp_path: Path) -> None:
    """What older programs left when they were killed at their first start."""
    engine = cache_engine(tmp_path / "cache.db", FILE_KEY)
    with engine.begin() as db:
        db.execute(text("CREATE TABLE agency (id TEXT)"))
    engine.dispose()
    cache = opened(tmp_path)
    assert cache.is_current()
    cache.close()
