"""Makes a generation of backup while the server runs, and takes the oldest away."""

import shutil
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from core.clock import Clock, ms_of
from core.crashpoints import reach
from core.errors import BadInput
from server.backup import contents, generations, photos, postgres
from server.backup.contents import Contents
from server.backup.generations import LEAST, Generation, Manifest
from server.backup.photos import Listed
from server.settings import Settings

Say = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, of how much."""
_LIST = "blobs.txt"


class Made(NamedTuple):
    """What came of it."""

    generation: Generation
    copied: int
    kept: int
    removed: int


@dataclass(frozen=True, slots=True)
class Backup:
    """One server's backups in one folder, of which the newest ``keep`` stay."""

    settings: Settings
    engine: Engine
    folder: Path
    keep: int
    clock: Clock
    say: Say

    def make(self) -> Made:
        """Takes one state of the database and its photos; whatever ends it halfway leaves nothing that counts."""
        self._require_possible()
        with generations.alone(self.folder):
            known = generations.whole(self.folder)
            going = max(0, len(known) + 1 - self.keep)
            taken_ms = ms_of(self.clock.now())
            place = generations.unfinished(self.folder, taken_ms)
            try:
                manifest, copied = self._write(known, going, place, taken_ms)
                reach("backup-written")
                final = generations.finish(place, manifest)
            except BaseException:  # also when the operator interrupts it
                shutil.rmtree(place, ignore_errors=True)
                raise
            for generation in known[:going]:
                generations.remove(generation)
        return Made(Generation(final), copied, len(known) + 1 - going, going)

    def _require_possible(self) -> None:
        if self.keep < LEAST:
            hint = "照片在两份备份中都有时，设备才会删除自己的照片；本次没有备份"
            raise BadInput("backup.keep", f"至少保留 {LEAST} 份备份", hint)
        if self.engine.dialect.name == "postgresql":
            postgres.require_programs()
            postgres.require_no_mark(self.engine)

    def _write(
        self, known: Sequence[Generation], staying: int, place: Path, taken_ms: int
    ) -> tuple[Manifest, int]:
        """The database first: a photo that it knows lies in the store, because photos come before their rows."""
        kind = self.engine.dialect.name
        file = place / ("database.dump" if kind == "postgresql" else "database.sqlite")
        self.say("数据库", 0, 0)
        with contents.frozen(self.engine, file, lambda done, of: self.say("数据库", done, of)) as db:
            found, listed = contents.contents(db), photos.rows(db)
        _require_same_server(known, found, self.folder)
        photos.write_list(place / _LIST, listed)
        copied, missing = self._photos(known, staying, place, listed)
        manifest = Manifest(
            number=known[-1].manifest.number + 1 if known else 1, program=_version(), server=found.server,
            taken_ms=taken_ms, schema=found.schema, seq=found.seq, rolling=found.rolling,
            committed_ms=found.committed_ms, kind=kind, database=generations.note(file),
            blobs=generations.note(place / _LIST), blob_count=len({row.digest for row in listed}),
            missing=missing, keys=str(self.settings.keys),
        )  # fmt: skip
        return manifest, copied

    def _photos(
        self, known: Sequence[Generation], staying: int, place: Path, listed: Sequence[Listed]
    ) -> tuple[int, int]:
        """What this state knows, and what one of those that stay knows and only one that goes may hold."""

        def told(done: int, of: int) -> None:
            self.say("照片", done, of)

        stay = [generation.folder for generation in known[staying:]]
        wanted = {row.digest: row.size for row in (*photos.listed_in(known[staying:]).values(), *listed)}
        sources = [self.settings.blobs, *(generation.folder for generation in reversed(known))]
        copied, missing = photos.add(place, wanted, stay, sources, told)
        if stay and staying:
            # Where both copies go at once, the new generation has the first of two again.
            going = {digest for generation in known[:staying] for digest in photos.held(generation.folder)}
            left = {digest: size for digest, size in wanted.items() if digest in going}
            copied += photos.add(stay[-1], left, [*stay, place], [place], told)[0]
        return copied, missing


def _require_same_server(known: Sequence[Generation], found: Contents, folder: Path) -> None:
    """Two servers in one folder would take each other's generations away."""
    if any(generation.manifest.server != found.server for generation in known):
        sentence = f"备份文件夹里有另一台服务器（或另一组密钥）的备份：{folder}"
        raise BadInput("backup.other", sentence, "本次没有备份；请为这台服务器另设一个备份文件夹")


def _version() -> str:
    """The program's version, also of a checkout that is not installed."""
    try:
        return version("zhiye")
    except PackageNotFoundError:
        project = Path(__file__).parents[2] / "pyproject.toml"
        return str(tomllib.loads(project.read_text("utf-8"))["project"]["version"])
