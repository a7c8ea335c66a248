"""Puts a generation in the place of the server's database, when nobody uses it; what was there is kept aside."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, inspect, text

from core.clock import Clock, ms_of
from core.crashpoints import reach
from core.db.engine import server_engine
from core.errors import BadInput, Conflict
from core.secret_files import flush_folder
from server import keys
from server.backup import photos, postgres, sqlite_file
from server.backup.examining import Examined, examine, require_usable
from server.backup.generations import Generation, label
from server.backup.making import Say
from server.backup.photos import Listed
from server.backup.rehearsing import beside
from server.settings import Settings


class Restored(NamedTuple):
    """What came of it; ``kept`` names where the database from before lies."""

    examined: Examined
    photos: int
    missing: list[str]
    kept: str | None


@dataclass(frozen=True, slots=True)
class Restore:
    """One generation on its way back into one server."""

    settings: Settings
    generation: Generation
    clock: Clock
    say: Say
    replace: bool

    def run(self) -> Restored:
        """Proves the generation first; whatever fails leaves the database that was there."""
        self._require_keys()
        require_usable(self.generation)
        engine = server_engine(self.settings.database)
        try:
            if engine.dialect.name != self.generation.manifest.kind:
                hint = "请用 ZHIYE_DATABASE_URL 指定同类的数据库；什么也没有改变"
                raise BadInput("restore.kind", f"这是 {self.generation.manifest.kind} 的备份", hint)
            known = photos.listed_in(reversed(beside(self.generation)))
            if engine.dialect.name == "postgresql":
                examined, kept = self._into_postgresql(engine, list(known.values()))
            else:
                engine.dispose()
                examined, kept = self._into_file(Path(str(engine.url.database)), list(known.values()))
        finally:
            engine.dispose()
        wanted = sorted({digest for digest, _agency in known})
        return Restored(examined, len(wanted), self._photos(wanted), kept)

    def _require_keys(self) -> None:
        """Without the keys that it was made with nothing that is sealed in a database can be read."""
        here = keys.open_keys(self.settings.keys, may_make=False).fingerprint()
        if here != self.generation.manifest.server:
            hint = f"请先把当时的四个密钥文件放回 {self.settings.keys}；什么也没有恢复"
            raise BadInput("restore.keys", "本机的密钥与这份备份不匹配", hint)

    def _require_room(self, occupied: Callable[[], bool]) -> bool:
        """Whether something has to be put aside; raises when nobody said that it may."""
        there = occupied()
        if there and not self.replace:
            hint = "加上 --replace 会把原来的数据库改名保留，再恢复备份；什么也没有改变"
            raise Conflict("restore.occupied", "目标位置已有数据库", hint)
        return there

    def _into_file(self, target: Path, known: list[Listed]) -> tuple[Examined, str | None]:
        """Everything is made ready beside the place; then one rename decides."""
        sqlite_file.require_unused(target)
        occupied = self._require_room(lambda: target.is_file() and target.stat().st_size > 0)
        target.parent.mkdir(parents=True, exist_ok=True)
        ready = target.with_name(f"{target.name}.restoring")
        sqlite_file.remove(ready)
        ready.touch(mode=0o600)
        self.say("数据库", 0, 0)
        shutil.copyfile(self.generation.database, ready)
        try:
            examined = _prove(server_engine(f"sqlite:///{ready.as_posix()}"), self.generation, known)
            sqlite_file.require_unused(ready)
            reach("restore-proven")
            kept = self._aside(target) if occupied else None
            sqlite_file.require_unused(target)
        except BaseException:  # also when the operator interrupts it
            sqlite_file.remove(ready)
            raise
        sqlite_file.flush_file(ready)
        ready.replace(target)
        flush_folder(target.parent)
        return examined, None if kept is None else str(kept)

    def _aside(self, target: Path) -> Path:
        """A copy and not another name: at no moment is there no database, which a start would begin anew."""
        kept = target.with_name(f"{target.name}.replaced-{self._stamp()}")
        sqlite_file.copy(target, kept, lambda _done, _of: None)
        return kept

    def _into_postgresql(self, engine: Engine, known: list[Listed]) -> tuple[Examined, str | None]:
        """The mark keeps servers out until all of it is there; what fails puts the old schema back."""
        postgres.require_programs()
        with engine.begin() as db:
            postgres.require_unused(db)
            if self.replace:
                postgres.put_back(db)
        occupied = self._require_room(lambda: bool(inspect(engine).get_table_names("public")))
        kept = f"replaced_{self._stamp().replace('-', '_').lower()}" if occupied else None
        with engine.begin() as db:
            postgres.require_unused(db)
            postgres.put_aside(db, kept)
        self.say("数据库", 0, 0)
        try:
            postgres.load(engine.url, self.generation.database)
            examined = _prove(engine, self.generation, known)
            reach("restore-proven")
        except BaseException:  # also when the operator interrupts it
            engine.dispose()
            with engine.begin() as db:
                postgres.put_back(db)
            raise
        with engine.begin() as db:
            db.execute(text(f"DROP TABLE {postgres.MARK}"))
        return examined, None if kept is None else f"schema {kept}"

    def _stamp(self) -> str:
        return label(ms_of(self.clock.now()))

    def _photos(self, wanted: list[str]) -> list[str]:
        """Brings back every photo that the generations hold and the store does not; tells which lie nowhere."""
        sources, missing = [one.folder for one in beside(self.generation)], []
        for done, digest in enumerate(wanted):
            self.say("照片", done, len(wanted))
            if photos.is_whole(self.settings.blobs, digest):
                continue
            if not any(photos.copy(source, self.settings.blobs, digest) for source in sources):
                missing.append(digest)
        return missing


def _prove(engine: Engine, generation: Generation, known: list[Listed]) -> Examined:
    """Proves the copy and gives it the rows of photos that came after it: devices may have deleted theirs."""
    try:
        examined = examine(engine, generation.manifest)
        with engine.begin() as db:
            photos.add_rows(db, known)
        return examined
    finally:
        engine.dispose()
