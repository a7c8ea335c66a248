"""Opens the cache; one of another shape is rebuilt beside the old one from the server's own rows, without a network."""

from collections.abc import Sequence
from pathlib import Path

import structlog
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import DatabaseError

from core.clock import Clock
from sync.cache import rows
from sync.cache import tables as own
from sync.cache.marks import get_text
from sync.cache.store import LAYOUT, SHAPE, Cache, cache_engine

_BATCH = 1000
_BROKEN = ("not a database", "malformed", "no such table")
"""What is said of a wrong key, of a damaged file and of one that is no whole cache; a busy one is none of these."""
_COPIED = (own.SERVER_ROW, own.ROW_SCOPE, own.SYNC_CURSOR, own.ENTRY_VERDICT)
log = structlog.get_logger()


def open_cache(path: Path, key: bytes, clock: Clock, also: Sequence[str] = ()) -> Cache:
    """The cache at ``path``, made, kept or rebuilt; a file that cannot be read is set aside and pulled anew."""
    if not path.exists():
        return _made(path, key, clock, also)
    cache = Cache(cache_engine(path, key), clock, also)
    try:
        if cache.is_current():
            return cache
    except DatabaseError as error:
        cache.close()
        if not any(sign in str(error) for sign in _BROKEN):
            raise
        log.info("cache_unreadable", file=path.name)
        _move(path, path.with_name(path.name + ".unreadable"))
        return _made(path, key, clock, also)
    return _made(path, key, clock, also, old=cache)


def _made(path: Path, key: bytes, clock: Clock, also: Sequence[str], old: Cache | None = None) -> Cache:
    """A new cache with what an old one knows; made beside its place, so that a kill leaves no half of one there."""
    fresh = path.with_name(path.name + ".new")
    _remove(fresh)
    made = Cache(cache_engine(fresh, key), clock, also)
    made.create()
    if old is not None:
        _carry_over(old, made)
        old.close()
    made.close()
    _move(fresh, path)
    return Cache(cache_engine(path, key), clock, also)


def _carry_over(old: Cache, new: Cache) -> None:
    """Copies what the server said and materialises it in the tables of now; local facts are replayed afterwards."""
    with old.reading() as source, new.writing() as target:
        marks = source.execute(select(own.SYNC_META).where(own.SYNC_META.c.name.not_in((SHAPE, LAYOUT))))
        for name, value in marks.all():
            target.execute(insert(own.SYNC_META).values(name=name, value=value))
        if get_text(source, LAYOUT) != str(own.VERSION):
            return  # another layout of the cache itself: its rows are pulled anew
        for table in _COPIED:
            for part in source.execute(select(table)).mappings().partitions(_BATCH):
                target.execute(insert(table), [dict(row) for row in part])
        _show_all(target, new)


def _show_all(db: Connection, cache: Cache) -> None:
    """Writes every kept row into the tables of now: what was unknown before may be known to this program."""
    found = db.execute(select(own.SERVER_ROW.c.table_name, own.SERVER_ROW.c.row_id))
    for some in rows.batches([(name, row_id) for name, row_id in found]):
        rows.show(db, cache.synced, rows.kept(db, some))


def _move(source: Path, target: Path) -> None:
    """One closed file in place of another, at once; logs that a killed program left behind belong to neither."""
    for file in (source, target):
        for ending in ("-wal", "-shm"):
            file.with_name(file.name + ending).unlink(missing_ok=True)
    source.replace(target)


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
