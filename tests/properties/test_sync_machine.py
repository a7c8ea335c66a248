"""Sync under everything that can go wrong: a lossy network, kills, restored servers, restored and cloned devices.

The client, the journal, the server's reception and pull, and the facts' handlers are the real ones.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select, text

from core.clock import day_of
from core.command import Command
from core.errors import DomainError
from core.ids import new_id
from core.journals import pull
from core.journals.reception import receive
from core.projects.commands import DraftProject, MemberEntry, SetPeople
from core.visits.commands import VisitEnded
from core.wire.chain import broken_at, link
from core.wire.codec import encode_command
from core.wire.envelope import EntryActor, genesis
from core.wire.push import Cursor, Head
from core.wire.sealing import seal_blob
from core.wire.signing import KeyPair, new_key_pair
from sync.cache.rows import values_of
from sync.cache.tables import PROVISIONAL, ROW_SCOPE, SYNC_CURSOR
from tests.factories.devices import FACE, FIX, Kiosk, started
from tests.factories.wire import PERSON
from tests.factories.world import World, make_world
from tests.fakes.clock import FakeClock
from tests.fakes.transport import FakeServer, Killed, MemoryTransport

DEVICES = 2
FAULTS = st.lists(
    st.sampled_from(["none", "none", "none", "lose request", "lose answer", "twice"]), max_size=8
)
DEVICE = st.integers(0, DEVICES - 1)
MOMENT = st.none() | st.integers(0, 20)
Made = tuple[Path, World, list[tuple[str, KeyPair]]]


@cache
def template() -> Made:
    """A server with an agency, two projects and two paired kiosks that have synced once; copied for each run."""
    folder = Path(tempfile.mkdtemp(prefix="zhiye-sync-"))
    server = FakeServer(folder / "server.db", FakeClock())
    world = make_world(server.bus, members=3)
    world.project()
    world.project()
    devices = [(new_id(), new_key_pair()) for _ in range(DEVICES)]
    for number, (device_id, keys) in enumerate(devices):
        server.admit(world.agency, world.office, device_id, keys.public)
        kiosk = Kiosk(folder / f"kiosk{number}", device_id, keys, MemoryTransport(server, device_id))
        kiosk.open()
        kiosk.engine.round()
        kiosk.kill()
    server.close()
    return folder, world, devices


class Sync(RuleBasedStateMachine):
    """Two kiosks and a server; after each run everything is drained, and then it must all agree."""

    @initialize()
    def begin(self) -> None:
        """Copies the template and starts the kiosks."""
        made, self.world, devices = template()
        self.folder = Path(tempfile.mkdtemp(prefix="zhiye-sync-run-"))
        shutil.copytree(made, self.folder, dirs_exist_ok=True)
        self.clock = FakeClock()
        self.server = FakeServer(self.folder / "server.db", self.clock, page=7)
        self.backups: list[Path] = [made / "server.db"]
        self.saved: dict[int, set[str]] = {}
        self.photos: list[set[str]] = [set() for _ in range(DEVICES)]
        self.poison: set[str] = set()
        self.kiosks = []
        for number, (device_id, keys) in enumerate(devices):
            transport = MemoryTransport(self.server, device_id)
            clock = FakeClock()
            kiosk = Kiosk(self.folder / f"kiosk{number}", device_id, keys, transport, clock)
            kiosk.open()
            self.kiosks.append(kiosk)

    # --- what people do

    @rule(c=DEVICE, p=st.integers(0, 1), who=st.integers(0, 2), photo=st.booleans())
    def start(self, c: int, p: int, who: int, photo: bool) -> None:
        """Somebody begins, if the gate lets him."""
        person = self.world.members[who]
        boxes = [seal_blob(new_id().encode()).box] if photo else []
        self._submit(c, started(self.world.projects[p], person, claims=photo), person, boxes)

    @rule(c=DEVICE, p=st.integers(0, 1), who=st.integers(0, 2))
    def end(self, c: int, p: int, who: int) -> None:
        """Somebody ends, if the gate lets him."""
        person = self.world.members[who]
        command = VisitEnded(project_id=self.world.projects[p], person_id=person, face=FACE, fix=FIX)
        self._submit(c, command, person, [])

    @rule(c=DEVICE, p=st.integers(0, 1), who=st.integers(0, 2))
    def form(self, c: int, p: int, who: int) -> None:
        """Somebody fills a form, if the gate lets him."""
        day = day_of(self.clock.now()).isoformat()
        try:
            self.kiosks[c].form(self.world.projects[p], self.world.members[who], day)
        except DomainError:
            return

    def _submit(self, c: int, command: Command, person: str, boxes: list[bytes]) -> None:
        kiosk = self.kiosks[c]
        before = kiosk.journal.head()
        try:
            entry = kiosk.submit(command, person, blobs=boxes)
        except DomainError:
            assert kiosk.journal.head() == before, "a refused fact was written down"
            return
        assert kiosk.journal.find(entry.id) is not None
        self.photos[c] |= set(kiosk.outbox.waiting())

    @rule(c=DEVICE, kind=st.sampled_from(["future", "nonsense", "impostor"]))
    def poisoned(self, c: int, kind: str) -> None:
        """An entry that has no effect: of a newer program, of one with a bug, or in another person's name."""
        command = started(self.world.projects[0], self.world.members[0])
        body = encode_command(command) if kind == "impostor" else b'{"nonsense":1}'
        name = "future.thing" if kind == "future" else "visits.start"
        entry = self.kiosks[c].journal.append(name, 1, body, PERSON)
        self.poison.add(entry.id)
        self.kiosks[c].overlay.catch_up(self.kiosks[c].journals.here())

    @rule(minutes=st.sampled_from([1, 30, 300, 1500]))
    def later(self, minutes: int) -> None:
        """Time passes for all."""
        for clock in [self.clock, *(kiosk.clock for kiosk in self.kiosks)]:
            clock.advance(minutes=minutes)

    @rule(c=DEVICE, hours=st.integers(-30, 30))
    def wall_moved(self, c: int, hours: int) -> None:
        """Somebody plays with a kiosk's clock."""
        self.kiosks[c].clock.move_wall(hours * 3_600_000)

    @rule(c=DEVICE)
    def rebooted(self, c: int) -> None:
        """A kiosk is switched off and on."""
        self.kiosks[c].kill()
        self.kiosks[c].clock.reboot(0)
        self.kiosks[c].open()

    @rule(hired=st.integers(0, 3))
    def office_changes_people(self, hired: int) -> None:
        """The office changes who belongs to the first project."""
        people = [MemberEntry(person_id=self.world.lead, role="lead")]
        people.append(MemberEntry(person_id=self.world.technical, role="technical_lead"))
        people += [MemberEntry(person_id=one, role="member") for one in self.world.members[:hired]]
        self._office(SetPeople(project_id=self.world.projects[0], people=people))

    @rule()
    def office_drafts(self) -> None:
        """The office drafts another project: a new scope, which a restored server does not know."""
        draft = DraftProject(
            project_id=new_id(),
            agency_id=self.world.agency,
            name="新项目",
            kind="inspection",
            district="黄浦区",
            address="人民大道2号",
            client="示例物业",
            contract_number=new_id(),
            starts_on="2026-01-01",
            ends_on="2027-12-31",
        )
        self._office(draft)

    def _office(self, command: Command) -> None:
        self.server.bus.run(command, actor=self.world.office, command_id=new_id())

    # --- what the network does

    @rule(c=DEVICE, faults=FAULTS, killed_at=MOMENT, restored_at=MOMENT)
    def sync(self, c: int, faults: list[Any], killed_at: int | None, restored_at: int | None) -> None:
        """A round over a bad network; before or after any request the program is killed, or the server restored."""
        kiosk, transport = self.kiosks[c], self._transport(c)
        transport.faults = iter(faults)
        transport.watch = self._watch(killed_at, restored_at)
        try:
            kiosk.engine.round()
        except DomainError:
            pass
        except Killed:
            kiosk.restart()
        finally:
            transport.faults, transport.watch = iter(()), lambda _what: None

    def _watch(self, killed_at: int | None, restored_at: int | None) -> Callable[[str], None]:
        """Counts the moments before and after requests."""
        moments = iter(range(1000))

        def watch(_what: str) -> None:
            moment = next(moments)
            if moment == restored_at:
                self.server.restore(self.backups[-1])
            if moment == killed_at:
                raise Killed

        return watch

    @rule(c=DEVICE)
    def killed_between(self, c: int) -> None:
        """The program dies between journal and cache: the fact stands in the journal alone."""
        kiosk = self.kiosks[c]
        person = self.world.members[0]
        command = started(self.world.projects[0], person)
        actor = EntryActor(kind="person", id=person)
        kiosk.journal.append("visits.start", 1, encode_command(command), actor)
        kiosk.restart()

    @precondition(lambda self: self.server.pushes)
    @rule(n=st.integers(0, 1000))
    def replayed(self, n: int) -> None:
        """The network brings an old request once more."""
        device_id, request = self.server.pushes[n % len(self.server.pushes)]
        receive(self.server.bus, self.server.keys, self.server.device(device_id), request)

    # --- what happens to machines

    @rule()
    def server_backup(self) -> None:
        """The operator makes a backup; blobs in it are durable."""
        path = self.folder / f"backup{len(self.backups)}.db"
        self.server.copy_to(path)
        self.server.durable |= self.server.blobs
        self.backups.append(path)

    @rule(n=st.integers(0, 5))
    def server_restore(self, n: int) -> None:
        """Back to a backup; the first is the server with no facts at all."""
        self.server.restore(self.backups[n % len(self.backups)])

    @rule(c=DEVICE)
    def client_backup(self, c: int) -> None:
        """A disk image of a kiosk."""
        self.kiosks[c].save(self.folder / f"image{c}")
        self.saved[c] = set(self.photos[c])

    @precondition(lambda self: self.saved)
    @rule(c=DEVICE, only=st.sampled_from(["", "journal.db", "cache.db"]))
    def client_restore(self, c: int, only: str) -> None:
        """The image, or a file of it, comes back."""
        if c not in self.saved:
            return
        if only:
            self._file_back(c, only)
        else:
            self.kiosks[c].load(self.folder / f"image{c}")
            self.photos[c] = set(self.saved[c])

    def _file_back(self, c: int, name: str) -> None:
        self.kiosks[c].kill()
        shutil.copyfile(self.folder / f"image{c}" / name, self.kiosks[c].folder / name)
        self.kiosks[c].open()

    @rule(c=DEVICE)
    def cloned(self, c: int) -> None:
        """The other kiosk becomes a copy of this one: two machines with one key and one journal."""
        other = 1 - c
        self.kiosks[c].save(self.folder / "clone")
        self.kiosks[other].kill()
        source, target = self.kiosks[c], self.kiosks[other]
        target.device_id, target.keys = source.device_id, source.keys
        target.transport = MemoryTransport(self.server, source.device_id)
        shutil.rmtree(target.folder)
        shutil.copytree(self.folder / "clone", target.folder)
        target.open()
        self.photos[other] = set(self.photos[c])
        self.saved.pop(other, None)

    @rule(c=DEVICE)
    def upgraded(self, c: int) -> None:
        """A program with other tables rebuilds its cache from what the server once sent."""
        kiosk = self.kiosks[c]
        kiosk.also = () if kiosk.also else ("message",)
        kiosk.restart()

    # --- what must hold

    def _transport(self, c: int) -> MemoryTransport:
        found = self.kiosks[c].transport
        assert isinstance(found, MemoryTransport)
        return found

    @invariant()
    def cursor_behind_rows(self) -> None:
        """6: no cursor has passed a row that is not applied."""
        with self.server.store.reading() as there:
            history = dict(there.execute(text("SELECT seq, rolling FROM commit_log")).all())
            changed = there.execute(
                text("SELECT table_name, row_id, scope, seq FROM row_change WHERE NOT gone")
            ).all()
        for kiosk in self.kiosks:
            with kiosk.cache.reading() as db:
                held = {tuple(row) for row in db.execute(select(ROW_SCOPE))}
                cursors = db.execute(select(SYNC_CURSOR)).all()
            # A cursor of another history will be reset; it says nothing about this server's rows.
            reached = {scope: seq for scope, seq, rolling in cursors if history.get(seq) == rolling}
            wanted = {
                (name, row_id, scope) for name, row_id, scope, seq in changed if seq <= reached.get(scope, 0)
            }
            assert wanted <= held, "6: a cursor has passed a row"

    @invariant()
    def accepted_stays_shown(self) -> None:
        """What was accepted at a site stays on its screen, answered or not, whatever happens to the server."""
        for kiosk in self.kiosks:
            held = {
                one.id for one in kiosk.journal.after(0, 10_000) if one.entry.command.startswith("visits.")
            }
            with kiosk.cache.reading() as db:
                shown = set(db.scalars(text("SELECT id FROM fact")))
            assert held - self.poison <= shown, "an accepted fact has vanished"

    def teardown(self) -> None:
        """Drains everything over a good network, and compares."""
        if not hasattr(self, "kiosks"):
            return
        self.later(1500)  # a photo that the server has lost is noticed within a day
        for _ in range(3):
            for kiosk in self.kiosks:
                kiosk.engine.round()
        self._check_journals()
        for number, kiosk in enumerate(self.kiosks):
            self._check_cache(kiosk)
            kept = set(kiosk.outbox.waiting()) | self.server.durable.keys()
            assert self.photos[number] <= kept, "9: a photo was deleted before it was durable"
            assert set(kiosk.outbox.waiting()) <= self.server.blobs.keys(), "a photo did not reach the server"
            kiosk.kill()
        self.server.close()
        shutil.rmtree(self.folder)

    def _check_journals(self) -> None:
        """2, 3, 4, 8: all entries of all clients are there, in whole chains, and each counts once."""
        with self.server.store.reading() as db:
            rows = db.execute(
                text(
                    "SELECT e.journal_id, e.id, e.text, e.hash, e.status, d.public_key FROM journal_entry e "
                    "JOIN journal j ON j.id = e.journal_id JOIN device d ON d.id = j.device_id "
                    "ORDER BY e.journal_id, e.dseq"
                )
            ).all()
            facts = set(db.scalars(text("SELECT id FROM fact")))
        counted = [row.id for row in rows if row.status not in ("repeated", "tampered")]
        assert len(counted) == len(set(counted)), "2: an id counts twice"
        for journal in {row.journal_id for row in rows}:
            mine = [row for row in rows if row.journal_id == journal]
            start = Head(dseq=0, hash=genesis(journal, bytes.fromhex(mine[0].public_key)))
            links = [link(row.text.encode()) for row in mine]
            assert broken_at(start, journal, links) is None, "3: a chain on the server is broken"
            assert [one.hash for one in links] == [row.hash for row in mine]
        known = {row.id for row in rows}
        for kiosk in self.kiosks:
            assert kiosk.journal.broken() is None, "3: a chain on a client is broken"
            held = kiosk.journal.after(0, 10_000)
            assert {one.id for one in held} <= known, "4: an entry never reached the server"
            good = {one.id for one in held if one.entry.command.startswith("visits.")} - self.poison
            assert good <= facts, "1, 8: a fact was not recorded"

    def _check_cache(self, kiosk: Kiosk) -> None:
        """5: after draining, the cache holds what the server shows, row by row, and nothing else."""
        expected = dict(self._shown(kiosk))
        with kiosk.cache.reading() as db:
            assert db.execute(select(PROVISIONAL)).first() is None
            found = {
                (name, row.id): dict(row._mapping)
                for name, table in kiosk.cache.synced.items()
                for row in db.execute(select(table))
            }
        assert found == expected

    def _shown(self, kiosk: Kiosk) -> Iterator[tuple[tuple[str, str], dict[str, Any] | None]]:
        with self.server.store.reading() as db:
            device, now = self.server.device(kiosk.device_id), self.server.store.now_ms(db)
            for scope in pull.scopes_of(db, device, now):
                page = pull.changes(db, self.server.vault, scope, Cursor(), 100_000)
                assert not page.more
                for one in page.rows:
                    if one.row is not None:
                        row = msgspec.json.decode(msgspec.json.encode(one.row))
                        yield (one.table, one.id), values_of(kiosk.cache.synced[one.table], row)


Sync.TestCase.settings = settings(
    max_examples=max(1, settings().max_examples // 6),
    stateful_step_count=min(25, settings().stateful_step_count),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestSync = pytest.mark.timeout(300)(Sync.TestCase)
