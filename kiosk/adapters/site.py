"""What all adapters share: the cache with its trusted time, the door for facts, the position, and passes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from core.clock import Clock
from core.context import Actor, Context
from core.errors import Refused
from core.geo.fix import Fix
from core.ids import new_id
from core.visits.commands import FixEntry
from kiosk.location import Locator
from sync.blobs import Outbox
from sync.cache.marks import get_mark
from sync.cache.store import Cache
from sync.journals import Journals
from sync.submit import Submitter

PASS_MS = 30 * 60_000
"""How long a recognition opens the person's form and records on this kiosk."""


@dataclass(frozen=True, slots=True)
class Pass:
    """A recognition: who, on which project, until when; the end that it wrote, if it wrote one."""

    person_id: str
    project_id: str
    until: float
    end_id: str | None = None


@dataclass
class Site:
    """This kiosk's data and its doors."""

    cache: Cache
    submitter: Submitter
    journals: Journals
    outbox: Outbox
    locator: Locator
    device_id: str
    clock: Clock
    _passes: dict[str, Pass] = field(default_factory=dict)

    def now_ms(self) -> int:
        """The trusted time of this moment, by the journal (S-11)."""
        return self.journals.here().now().ms

    @contextmanager
    def reading(self) -> Iterator[Context]:
        """The cache as the rules see it, at the trusted time."""
        now = self.now_ms()
        with self.cache.store.reading() as db:
            yield Context(db, now, Actor("device", self.device_id), self.device_id, on_device=True)

    def contact_ms(self) -> int | None:
        """When the server was heard of last, by its own signed word."""
        return self.journals.here().last_contact_ms()

    def waiting(self) -> int:
        """Records and photos that the server has not got yet, counted in the files themselves."""
        journal = self.journals.here().journal
        with self.cache.reading() as db:
            position = get_mark(db, "position").on(journal)
        return journal.deeds(position) + len(self.outbox.waiting())

    def fix_entry(self) -> FixEntry | None:
        """The newest position as a fact carries it; None if there is none."""
        fix = self.locator.newest()
        return None if fix is None else as_entry(fix)

    def admit(self, person_id: str, project_id: str, end_id: str | None = None) -> str:
        """Makes a pass for somebody who was just recognised."""
        pass_id = new_id()
        self._passes[pass_id] = Pass(person_id, project_id, self.clock.monotonic() + PASS_MS / 1000, end_id)
        return pass_id

    def pass_of(self, pass_id: str) -> Pass:
        """The recognition behind a pass; asks for the face again when it is over."""
        found = self._passes.get(pass_id)
        if found is None or self.clock.monotonic() > found.until:
            raise Refused("kiosk.pass_over", "识别已过期", "请重新进行人脸识别", rule="S-3")
        return found


def as_entry(fix: Fix) -> FixEntry:
    """A fix as it is written down."""
    return FixEntry(
        lat=fix.point.lat, lon=fix.point.lon, accuracy_m=fix.accuracy_m, age_ms=max(0, fix.age_ms),
        source=fix.source, flags=list(fix.flags),  # type: ignore[arg-type]
    )  # fmt: skip
