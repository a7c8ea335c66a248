"""Makes a kiosk's client side on files of its own, over any transport; it can be killed, copied and opened again."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import core.catalogue  # noqa: F401
from core.command import Command
from core.context import Actor
from core.ids import new_id
from core.visits.commands import FaceEntry, FixEntry, FormSubmitted, VisitEnded, VisitStarted
from core.wire.signing import KeyPair
from sync.blobs import Outbox
from sync.cache.overlay import Overlay
from sync.cache.rebuild import open_cache
from sync.cache.store import Cache
from sync.engine import Engine
from sync.journal.log import Journal
from sync.journal.models import Stored
from sync.journals import Journals
from sync.status import StatusBoard
from sync.submit import Submitter
from sync.transport import Transport
from tests.factories.wire import FILE_KEY, SERVER, writer
from tests.factories.world import SITE
from tests.fakes.clock import FakeClock

FACE = FaceEntry(engine="fake", liveness="challenge", portrait_id="019c0000-0000-7000-8000-0000000000f1")


@dataclass
class Kiosk:
    """One installation: what lies in its folder, and the program that runs on it."""

    folder: Path
    device_id: str
    keys: KeyPair
    transport: Transport
    clock: FakeClock = field(default_factory=FakeClock)
    also: tuple[str, ...] = ()
    wakes: int = 0

    def open(self) -> None:
        """Starts the program: opens the files, replays, does not sync yet."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path, who = self.folder / "journal.db", writer(self.device_id, self.keys)
        self.journals = Journals(lambda: Journal(path, FILE_KEY, who, self.clock), (SERVER.public,))
        self.cache: Cache = open_cache(self.folder / "cache.db", FILE_KEY, self.clock, self.also)
        self.overlay = Overlay(self.cache, self.device_id)
        self.overlay.redo(self.journals.here())
        self.outbox, self.status = Outbox(self.folder / "blobs"), StatusBoard()
        self.submitter = Submitter(
            self.cache,
            self.overlay,
            self.journals,
            self.outbox,
            self.transport,
            self.device_id,
            self.wake,
            self.status,
        )
        times = self.journals.here()
        self.engine = Engine(
            self.cache,
            self.overlay,
            times,
            self.outbox,
            self.transport,
            SERVER.public,
            self.clock,
            self.status,
        )

    @property
    def journal(self) -> Journal:
        """This thread's journal."""
        return self.journals.here().journal

    def wake(self) -> None:
        """Counts how often the worker would have been woken."""
        self.wakes += 1

    def kill(self) -> None:
        """Ends the program without a word; closing changes nothing in the files that a kill would not leave."""
        self.journals.close()
        self.cache.close()

    def restart(self) -> None:
        """Kills and opens again."""
        self.kill()
        self.open()

    def save(self, folder: Path) -> None:
        """Copies the closed disk somewhere."""
        self.kill()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        self.open()

    def load(self, folder: Path) -> None:
        """Puts a copied disk in place of this one."""
        self.kill()
        shutil.rmtree(self.folder)
        shutil.copytree(folder, self.folder)
        self.open()

    def start(self, project: str, person: str, **more: object) -> Stored:
        """A person begins a visit."""
        return self.submit(started(project, person), person, **more)

    def end(self, project: str, person: str) -> Stored:
        """A person ends his visit."""
        return self.submit(VisitEnded(project_id=project, person_id=person, face=FACE, fix=FIX), person)

    def form(self, project: str, person: str, day: str) -> Stored:
        """A person fills the day's form."""
        command = FormSubmitted(project_id=project, person_id=person, day=day, complete=False)
        return self.submit(command, person, sealed=b'{"work":"x"}')

    def submit(self, command: Command, person: str, **more: object) -> Stored:
        """A person's fact through the door."""
        return self.submitter.submit(command, Actor("person", person), **more)  # type: ignore[arg-type]


FIX = FixEntry(lat=SITE[0], lon=SITE[1], accuracy_m=5.0, age_ms=1000, source="gps")


def started(project: str, person: str, claims: bool = False) -> VisitStarted:
    """A start at the site."""
    return VisitStarted(project_id=project, person_id=person, claims=claims, face=FACE, fix=FIX)


def fresh_device_id() -> str:
    """An id for a new device."""
    return new_id()
