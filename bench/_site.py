"""A server's office with kiosks whose journals are full of visits: what benches of sync begin with."""

import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from bench._office import SITE, backdate, make_office
from core.bus import Bus
from core.clock import Clock, SystemClock, ms_of
from core.context import ANYONE, Actor
from core.devices.codes import code_hash
from core.devices.commands import MakePairingCode, PairDevice
from core.ids import new_id
from core.visits.commands import FaceEntry, FixEntry, VisitEnded, VisitStarted
from core.wire.codec import encode_command
from core.wire.envelope import EntryActor
from core.wire.push import PushRequest, TimeAnswer
from core.wire.signing import KeyPair, new_key_pair, sign_anchor
from server.app import make_state
from server.settings import Settings
from server.state import State
from sync.journal.log import Journal
from sync.journal.models import Writer
from sync.pairing import Pairing
from tests.fakes.clock import FakeClock

FACE = FaceEntry(engine="bench", liveness="challenge", portrait_id=new_id())
FIX = FixEntry(lat=SITE[0], lon=SITE[1], accuracy_m=10.0, age_ms=1_000, source="gps")
_MEMORY = Path("/dev/shm")  # noqa: S108 - hundreds of journals are made quickly where nothing has to last
FILE_KEY = secrets.token_bytes(32)


@dataclass(frozen=True, slots=True)
class Admitted:
    """A paired kiosk: its key and what it knows of its server."""

    pairing: Pairing
    keys: KeyPair

    def journal(self, path: Path, clock: Clock) -> Journal:
        """Its journal in a file."""
        keys, pairing = self.keys, self.pairing
        return Journal(
            path, FILE_KEY, Writer(pairing.device_id, keys.seed, keys.public, pairing.box_key), clock
        )


@dataclass
class Site:
    """What a server's database was seeded with."""

    people: list[str]
    projects: list[str]
    kiosks: list[Admitted]
    anchor_seed: bytes
    server_key: bytes

    def fill(self, journal: Journal, clock: FakeClock, visits: int, first: int = 0) -> None:
        """Writes whole visits, everybody one a day beginning with person ``first``: starts, then ends, after an
        anchor of the server's each morning.
        """
        done = 0
        while done < visits:
            today = [self._turn(first + n) for n in range(min(len(self.people), visits - done))]
            self._anchor(journal, clock)
            for project, person in today:
                start = VisitStarted(project_id=project, person_id=person, claims=False, face=FACE, fix=FIX)
                self._write(journal, clock, start, person)
            clock.advance(hours=4)
            for project, person in today:
                end = VisitEnded(project_id=project, person_id=person, face=FACE, fix=FIX)
                self._write(journal, clock, end, person)
            clock.advance(hours=20, ms=-2_000 * len(today))
            done += len(today)

    def written(self, kiosk: Admitted, clock: FakeClock, visits: int) -> PushRequest:
        """The same as one push of a kiosk's new journal, which was never in a file."""
        with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
            journal = kiosk.journal(Path(folder) / "journal.db", clock)
            self.fill(journal, clock, visits)
            request = journal.push_request(0)
            journal.close()
        if request is None:
            raise RuntimeError("an empty journal")
        return request

    def _turn(self, number: int) -> tuple[str, str]:
        place = number % len(self.people)
        return self.projects[place % len(self.projects)], self.people[place]

    @staticmethod
    def _write(journal: Journal, clock: FakeClock, command: VisitStarted | VisitEnded, person: str) -> None:
        clock.advance(seconds=1)
        name = "visits.start" if isinstance(command, VisitStarted) else "visits.end"
        journal.append(name, 1, encode_command(command), EntryActor(kind="person", id=person))

    def _anchor(self, journal: Journal, clock: FakeClock) -> None:
        nonce, now = secrets.token_hex(16), ms_of(clock.now())
        signature = sign_anchor(self.anchor_seed, nonce, now, "0" * 64)
        answer = TimeAnswer(nonce=nonce, server_ms=now, audit_head="0" * 64, signature=signature)
        journal.append_anchor(answer, nonce, journal.moment(), self.server_key)


def make_sites(
    settings: Settings, address: str, *, agencies: int = 1, people: int, projects: int, kiosks: int
) -> list[Site]:
    """Seeds a server's database with offices that have existed for long, and admits kiosks of each."""
    state = make_state(settings, SystemClock())
    try:
        made = [_site(state, address, number, people, projects, kiosks) for number in range(agencies)]
        backdate(state.bus)
        return made
    finally:
        state.store.close()


def _site(state: State, address: str, number: int, people: int, projects: int, kiosks: int) -> Site:
    staff, sites = make_office(state.bus, people=people, projects=projects, number=number)
    with state.store.reading() as db:
        newest = "SELECT id, legal_person_id FROM agency ORDER BY id DESC LIMIT 1"
        agency, legal = db.execute(text(newest)).one()
    public, box = state.keys.sign_public.hex(), state.keys.box_public.hex()
    admitted = []
    for n in range(kiosks):
        keys, device = new_key_pair(), new_id()
        _admit(state.bus, agency, Actor("person", legal), device, keys)
        pairing = Pairing(
            address=address, kind="kiosk", name=f"{n}号机", device_id=device, agency_id=agency,
            sign_public=public, box_public=box,
        )  # fmt: skip
        admitted.append(Admitted(pairing, keys))
    return Site(staff, sites, admitted, state.keys.signing, state.keys.sign_public)


def _admit(bus: Bus, agency: str, manager: Actor, device: str, keys: KeyPair) -> None:
    code = MakePairingCode(agency_id=agency, kind="kiosk", code_hash=code_hash(device))
    bus.run(code, actor=manager, command_id=new_id())
    pair = PairDevice(
        code=device, device_id=device, name="一号机", kind="kiosk", public_key=keys.public.hex(), key_source="file",
        fixed_lat=SITE[0], fixed_lon=SITE[1],
    )  # fmt: skip
    bus.run(pair, actor=ANYONE, command_id=new_id())
