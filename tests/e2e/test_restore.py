"""A server that is restored while its kiosk goes on: real processes, both databases, nothing lost and nothing twice."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text

from core.clock import SystemClock
from core.context import Actor
from core.db.engine import server_engine
from core.wire.signing import new_key_pair
from sync.device import Device, open_device
from sync.keys import DeviceSecrets
from sync.pairing import Applicant, pair
from sync.web import HttpPairingDesk
from tests.e2e.processes import ROOT, ServerProcess
from tests.factories.web import ended, started
from tests.factories.world import World

pytestmark = pytest.mark.timeout(240)


@dataclass
class Operated(ServerProcess):
    """A server on either database, with a folder of backups, and its operator's commands."""

    database: str = field(default="", kw_only=True)

    @property
    def environment(self) -> dict[str, str]:
        """Its settings."""
        more = {"ZHIYE_DATABASE_URL": self.database, "ZHIYE_BACKUP_FOLDER": str(self.folder / "backups")}
        return super().environment | more | {"PYTHONUTF8": "1"}

    def types(self, *words: str) -> str:
        """Runs a command to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "server", *words], cwd=ROOT, env=os.environ | self.environment,
            capture_output=True, text=True, encoding="utf-8", check=False, timeout=90,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
        return done.stdout

    def backup(self) -> str:
        """Makes one; gives its folder."""
        return self.types("backup").splitlines()[0].partition("：")[2]

    def rows(self, question: str) -> list[tuple[object, ...]]:
        """What its database answers."""
        engine = server_engine(self.database)
        with engine.connect() as db:
            found = [tuple(row) for row in db.execute(text(question))]
        engine.dispose()
        return found


@dataclass
class Site:
    """A server with its agency, and one paired kiosk that this process plays."""

    server: Operated
    world: World
    kiosk: Device
    project: str

    def start(self, person: str, *photos: bytes) -> str:
        """开始执业; the photos wait in the outbox."""
        return self.kiosk.submitter.submit(
            started(self.project, person), Actor("person", person), blobs=photos
        ).id

    def end(self, person: str) -> str:
        """结束执业."""
        return self.kiosk.submitter.submit(ended(self.project, person), Actor("person", person)).id

    def round(self) -> None:
        """One round of sync, as the worker of a program that was just started would do it."""
        self.kiosk.worker._open_rounds().round()

    def drain(self) -> None:
        """Rounds until nothing waits."""
        for _ in range(3):
            self.round()
        assert self.kiosk.status.now.waiting == 0

    def shown(self) -> list[tuple[object, ...]]:
        """The kiosk's own picture of the visits."""
        with self.kiosk.cache.reading() as db:
            return [tuple(row) for row in db.execute(text(VISITS))]


VISITS = "SELECT id, person_id, state FROM visit ORDER BY id"
FACTS = "SELECT id FROM fact ORDER BY id"
TWICE = "SELECT id FROM journal_entry GROUP BY id HAVING count(*) > 1"


@pytest.fixture
def site(tmp_path: Path, database_url: str, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A server that runs, and a kiosk that has pulled."""
    if database_url.startswith("postgresql"):
        request.getfixturevalue("postgres_programs")
    (tmp_path / "server").mkdir()
    server = Operated(tmp_path / "server", database=database_url)
    world = server.seed()
    code = server.pairing_code(world)
    server.start()
    secrets = DeviceSecrets(new_key_pair(), os.urandom(32))
    me = Applicant(kind="kiosk", name="一号机", public_key=secrets.keys.public, key_source="file")
    paired = pair(tmp_path / "kiosk", HttpPairingDesk(), server.address, code, me)
    kiosk = open_device(tmp_path / "kiosk", paired, secrets, SystemClock())
    made = Site(server, world, kiosk, world.projects[0])
    made.round()
    yield made
    kiosk.close()
    server.kill()


def test_a_restored_server_gets_back_what_its_kiosk_holds(site: Site) -> None:
    """From the oldest backup, which knows no fact and no photo: one of them is on the kiosk no more."""
    first, second, third = *site.world.members, site.world.technical
    backups = [site.server.backup()]
    written = [site.start(first, b"photo one, encrypted"), site.start(second)]
    site.drain()
    backups += [site.server.backup(), site.server.backup()]
    site.drain()
    waiting = list((site.server.folder.parent / "kiosk" / "blobs").iterdir())
    assert waiting == [], "the photo is durable: the kiosk has deleted its own"

    written += [site.end(first), site.start(third, b"photo two, encrypted")]
    site.drain()
    before = site.server.rows(VISITS)
    assert len(before) == 3
    site.server.kill()
    written.append(site.end(second))  # while nobody can be reached

    told = site.server.types("restore", "--from", backups[0], "--replace")
    assert "各设备会自动补传" in told and "审计记录完整" in told
    assert site.server.rows(FACTS) == []
    site.server.start()
    site.drain()
    assert site.server.rows(FACTS) == [(entry,) for entry in sorted(written)], "each of them, and each once"
    assert site.server.rows(TWICE) == []
    visits = site.server.rows(VISITS)
    assert [row[:2] for row in visits] == [row[:2] for row in before]
    assert site.shown() == visits
    assert {row[1]: row[2] for row in visits} == {first: "valid", second: "valid", third: "open"}
    assert len(site.server.rows("SELECT digest FROM blob")) == 2
    photos = [path for path in (site.server.folder / "blobs").rglob("*") if path.is_file()]
    assert len(photos) == 2
    assert "审计记录完整" in site.server.types("audit-verify")
    site.end(third)
    site.drain()
    assert site.shown() == site.server.rows(VISITS)
