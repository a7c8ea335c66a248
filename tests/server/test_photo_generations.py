"""Photos in generations of backup, whatever comes, goes and is lost in between: two copies of each, and never fewer."""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from core.attachments.folder_store import FolderStore, blob_path
from core.attachments.models import BlobRow
from core.db.engine import server_engine
from core.db.store import Store
from core.devices.models import ServerProperty
from core.ids import new_id
from server.backup import generations, photos
from server.backup.making import Backup
from server.settings import Settings
from server.upgrading import bring_up
from tests.fakes.clock import FakeClock

AGENCY = new_id()
Step = tuple[str, int]
LATER = st.one_of(
    st.tuples(st.just("backup"), st.sampled_from([2, 3, 4, 4])),
    st.tuples(st.sampled_from(["photo", "lose", "forget"]), st.integers(0, 1)),
)
BEGUN: list[Step] = [("photo", 0), ("backup", 4), ("backup", 4)]
STEPS = st.lists(LATER, min_size=3, max_size=9).map(lambda later: [*BEGUN, *later])


def content_of(number: int) -> bytes:
    """What a photo holds."""
    return f"photo {number}".encode()


def digest_of(number: int) -> str:
    """Its name."""
    return hashlib.sha256(content_of(number)).hexdigest()


@dataclass
class Shop:
    """A server's store and database, its folder of backups, and what it ever told a device to be durable."""

    folder: Path
    engine: Engine
    clock: FakeClock = field(default_factory=FakeClock)
    durable: set[str] = field(default_factory=set)

    @property
    def settings(self) -> Settings:
        return Settings(data_folder=self.folder / "data", backup_folder=self.folder / "backups")

    @property
    def store(self) -> FolderStore:
        return FolderStore(self.settings.blobs, self.settings.backup_folder)

    def photo(self, number: int) -> None:
        intake = self.store.intake(digest_of(number))
        intake.write(content_of(number))
        row = BlobRow(
            digest=digest_of(number), agency_id=AGENCY, device_id=AGENCY, size=intake.keep(), received_ms=1
        )
        with Store(self.engine, self.clock).writing() as db:
            db.merge(row)

    def lose(self, number: int) -> None:
        """The store loses a photo, as a failing disk does."""
        blob_path(self.settings.blobs, digest_of(number)).unlink(missing_ok=True)

    def forget(self, number: int) -> None:
        """The database loses a row, as one that was restored to before."""
        with self.engine.begin() as db:
            db.execute(text("DELETE FROM blob WHERE digest = :it"), {"it": digest_of(number)})

    def backup(self, keep: int) -> None:
        self.clock.advance(seconds=keep - 3)  # also back, and also within one second
        Backup(self.settings, self.engine, self.folder / "backups", keep, self.clock, lambda *_: None).make()
        assert len(generations.whole(self.folder / "backups")) <= keep

    def check(self) -> None:
        """What was durable and is listed lies in two generations; what is listed and was not lost lies in one."""
        every = generations.whole(self.folder / "backups")
        holding = [photos.held(one.folder) for one in every]
        listed = {digest for digest, _agency in photos.listed_in(every)}
        for digest in listed:
            copies = sum(digest in held for held in holding)
            assert copies <= 3
            if digest in self.durable:
                assert copies >= 2, "a device may have deleted this one"
        # What no generation lists any more comes back only with the device that brings it.
        self.durable = {digest for digest in listed if digest in self.durable or self.store.durable(digest)}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A database that a server was begun with."""
    file = tmp_path_factory.mktemp("template") / "zhiye.sqlite"
    engine = server_engine(f"sqlite:///{file.as_posix()}")
    bring_up(engine)
    with Store(engine, FakeClock()).writing() as db:
        db.add(ServerProperty(name="keys", value="this server"))
    engine.dispose()
    yield file


@example(steps=[*BEGUN, ("backup", 2), ("backup", 3), ("backup", 2)])  # both copies go at once
@example(steps=[*BEGUN, ("forget", 0), ("backup", 3), ("backup", 3)])  # only older generations list it
@example(steps=[*BEGUN, ("lose", 0), ("backup", 2), ("backup", 2)])  # only older generations hold it
@given(steps=STEPS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_what_was_durable_lies_in_two_generations(template: Path, steps: list[Step]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copyfile(template, folder / "zhiye.sqlite")
        shop = Shop(folder, server_engine(f"sqlite:///{(folder / 'zhiye.sqlite').as_posix()}"))
        try:
            for kind, number in steps:
                getattr(shop, kind)(number)
                shop.check()
        finally:
            shop.engine.dispose()
