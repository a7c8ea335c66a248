"""Restores a generation into a place of its own, proves it, and takes the place away: that is how a backup is known."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from core.db.engine import server_engine
from core.errors import BadInput, NotAllowed
from server.backup import generations, photos, postgres
from server.backup.examining import Examined, examine, require_usable
from server.backup.generations import Generation
from server.backup.making import Say
from server.settings import Settings


class Rehearsed(NamedTuple):
    """What a rehearsal has shown."""

    examined: Examined
    photos: int
    missing: list[str]


def rehearse(settings: Settings, generation: Generation, say: Say) -> Rehearsed:
    """Changes nothing that is in use."""
    require_usable(generation)
    say("数据库", 0, 0)
    with _place(settings, generation) as engine:
        examined = examine(engine, generation.manifest)
    wanted = sorted({row.digest for row in photos.read_list(generation.blobs)})
    folders = [one.folder for one in beside(generation)]
    missing = []
    for done, digest in enumerate(wanted):
        say("照片", done, len(wanted))
        if not any(photos.is_whole(folder, digest) for folder in folders):
            missing.append(digest)
    return Rehearsed(examined, len(wanted), missing)


def beside(generation: Generation) -> list[Generation]:
    """All generations of its server in its folder, the newest first: each holds photos for the others."""
    every = generations.whole(generation.folder.resolve().parent)
    return [one for one in reversed(every) if one.manifest.server == generation.manifest.server]


@contextmanager
def _place(settings: Settings, generation: Generation) -> Iterator[Engine]:
    if generation.manifest.kind == "postgresql":
        with _database(settings, generation) as engine:
            yield engine
        return
    with tempfile.TemporaryDirectory(prefix="zhiye-") as folder:
        file = Path(folder) / generation.database.name
        shutil.copyfile(generation.database, file)
        engine = server_engine(f"sqlite:///{file.as_posix()}")
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def _database(settings: Settings, generation: Generation) -> Iterator[Engine]:
    """A database of its own on the server's PostgreSQL."""
    admin = server_engine(settings.database)
    if admin.dialect.name != "postgresql":
        raise BadInput(
            "backup.kind",
            "这是 PostgreSQL 的备份",
            "请用 ZHIYE_DATABASE_URL 指定一个 PostgreSQL 数据库，演练在它旁边进行",
        )
    postgres.require_programs()
    name = f"zhiye_rehearsal_{secrets.token_hex(4)}"
    try:
        with admin.execution_options(isolation_level="AUTOCOMMIT").connect() as db:
            try:
                db.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
            except ProgrammingError as error:
                hint = "演练需要一个临时数据库；请让管理员执行 ALTER ROLE … CREATEDB，或用有此权限的账号演练"
                raise NotAllowed("backup.createdb", "数据库账号不能建立数据库", hint) from error
            try:
                url = admin.url.set(database=name)
                postgres.load(url, generation.database)
                engine = server_engine(url.render_as_string(hide_password=False))
                try:
                    yield engine
                finally:
                    engine.dispose()
            finally:
                db.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    finally:
        admin.dispose()
