"""Sync with a real server: entries pushed and pulled a second, as ratios to a bare upsert of the same bytes."""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import requests
from sqlalchemy import text

from bench._postgres import empty_postgres
from bench._processes import Measured, free_port, start
from bench._site import FILE_KEY, Admitted, Site, make_sites
from core.clock import Clock, SystemClock
from server.settings import load
from sync.blobs import Outbox
from sync.cache.overlay import Overlay
from sync.cache.rebuild import open_cache
from sync.engine import Engine
from sync.http import HttpTransport
from sync.journals import Journals
from sync.pushing import Pusher
from sync.status import StatusBoard
from tests.fakes.clock import FakeClock

VISITS, BATCH = 5_000, 500
PUSH_FLOOR = {"sqlite": 0.12, "postgresql": 0.3}
PULL_FLOOR, CPU_S = 0.4, 2.5


@dataclass(frozen=True, slots=True)
class Figure:
    """Entries a second, and CPU seconds of the server for 10,000 of them."""

    rate: float
    cpu_s: float


class Client:
    """One kiosk's own sync over HTTP, on files of its own; its clock stands where its journal ends."""

    def __init__(self, folder: Path, kiosk: Admitted, clock: Clock) -> None:
        folder.mkdir(exist_ok=True)
        path, key = folder / "journal.db", kiosk.pairing.server_key
        self.journals = Journals(lambda: kiosk.journal(path, clock), (key,))
        self.cache = open_cache(folder / "cache.db", FILE_KEY, clock)
        self.transport = HttpTransport(kiosk.pairing, kiosk.keys.seed)
        overlay = Overlay(self.cache, kiosk.pairing.device_id)
        self.engine = Engine(
            self.cache,
            overlay,
            self.journals.here(),
            Outbox(folder / "blobs"),
            self.transport,
            key,
            clock,
            StatusBoard(),
        )

    def close(self) -> None:
        """Closes the files."""
        self.journals.close()
        self.cache.close()


@contextmanager
def measured(server: Measured, entries: int, found: list[Figure]) -> Iterator[None]:
    """Times a block of work."""
    cpu, began = server.cpu_s(), time.perf_counter()
    yield
    took = time.perf_counter() - began
    found.append(Figure(entries / took, (server.cpu_s() - cpu) * 10_000 / entries))


def floor(url: str, folder: Path, lines: list[tuple[str, str]]) -> Figure:
    """The same bytes into a bare table, by a bare client."""
    port = free_port()
    server = start(["bench._floor", url, str(port)], {}, port, folder / "floor.log")
    bodies = [
        msgspec.json.encode([{"id": entry, "bytes": raw} for entry, raw in lines[at : at + BATCH]])
        for at in range(0, len(lines), BATCH)
    ]
    found: list[Figure] = []
    with requests.Session() as session, measured(server, len(lines), found):
        for body in bodies:
            session.post(f"{server.address}/push", data=body, timeout=60).raise_for_status()
    server.stop()
    return found[0]


def main(argv: Sequence[str]) -> int:
    """Prints rates, ratios and CPU seconds on SQLite and PostgreSQL; fails when one is not reached."""
    parser = argparse.ArgumentParser(prog="bench sync", description=__doc__)
    parser.add_argument("--visits", type=int, default=VISITS, help="each is a start and an end")
    parser.add_argument(
        "--databases", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"]
    )
    args = parser.parse_args(argv)
    reached = True
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        for kind in args.databases:
            folder = Path(name) / kind
            folder.mkdir()
            database = None if kind == "sqlite" else empty_postgres(stack)
            reached &= _run(folder, database, args.visits)
    return 0 if reached else 1


def _run(folder: Path, database: str | None, visits: int) -> bool:
    port = free_port()
    environment = {"ZHIYE_DATA_FOLDER": str(folder / "data"), "ZHIYE_PORT": str(port)}
    if database is not None:
        environment["ZHIYE_DATABASE_URL"] = database
    (site,) = make_sites(load(environment), f"http://127.0.0.1:{port}", people=200, projects=50, kiosks=2)
    clock = FakeClock(datetime(2026, 9, 1, 1, tzinfo=UTC))
    lines = _filled(folder, site, clock, visits)
    floors = [floor(database or f"sqlite:///{folder / 'floor.db'}", folder, lines)]
    with ExitStack() as stack:
        server = start(["server", "serve"], environment, port, folder / "server.log")
        stack.callback(server.stop)
        pushed = _push(folder, site, server, clock, len(lines))
        pulled = _pull(folder, site, server, len(lines))
    floors.append(floor(database or f"sqlite:///{folder / 'floor2.db'}", folder, lines))
    best = max(one.rate for one in floors)
    kind = "sqlite" if database is None else "postgresql"
    print(f"{kind}: {len(lines)} entries of {sum(len(raw) for _id, raw in lines) // len(lines)} bytes")
    print(f"  floor {best:,.0f} a second ({', '.join(f'{one.rate:,.0f}' for one in floors)})")
    for what, one in (("pushed", pushed), ("pulled", pulled)):
        ratio, cpu_s = one.rate / best, one.cpu_s
        print(
            f"  {what} {one.rate:,.0f} a second, {ratio:.2f} of the floor, server CPU {cpu_s:.2f} s per 10,000"
        )
    cpu = pushed.cpu_s + pulled.cpu_s
    print(f"  server CPU {cpu:.2f} s per 10,000 pushed and pulled (limit {CPU_S})")
    return pushed.rate >= PUSH_FLOOR[kind] * best and pulled.rate >= PULL_FLOOR * best and cpu <= CPU_S


def _filled(folder: Path, site: Site, clock: FakeClock, visits: int) -> list[tuple[str, str]]:
    """Fills the first kiosk's journal; ids and bytes of its visits' entries."""
    (folder / "first").mkdir()
    journal = site.kiosks[0].journal(folder / "first" / "journal.db", clock)
    began = time.perf_counter()
    site.fill(journal, clock, visits)
    print(f"journal written in {time.perf_counter() - began:.0f} s")
    found, at = [], 0
    while page := journal.after(at):
        found += [(one.id, one.raw.decode()) for one in page if one.entry.command.startswith("visits.")]
        at = page[-1].dseq
    journal.close()
    return found


def _push(folder: Path, site: Site, server: Measured, clock: FakeClock, entries: int) -> Figure:
    """The first kiosk's pusher, from its file to the server's last verdict."""
    client = Client(folder / "first", site.kiosks[0], clock)
    pusher = Pusher(client.cache, client.journals.here().journal, client.transport, StatusBoard())
    found: list[Figure] = []
    with measured(server, entries, found):
        pusher.run()
    client.close()
    return found[0]


def _pull(folder: Path, site: Site, server: Measured, entries: int) -> Figure:
    """A fresh kiosk's first round; it must then hold every visit."""
    client = Client(folder / "second", site.kiosks[1], SystemClock())
    found: list[Figure] = []
    with measured(server, entries, found):
        client.engine.round()
    with client.cache.reading() as db:
        facts, visits = (db.scalar(text(f"SELECT count(*) FROM {name}")) for name in ("fact", "visit"))  # noqa: S608
        states = db.execute(text("SELECT state, count(*) FROM visit GROUP BY state")).all()
    client.close()
    if (facts, visits) != (entries, entries // 2):
        raise RuntimeError(f"pulled {facts} facts and {visits} visits of {entries} entries: {states}")
    print(f"  visits by state: {dict(map(tuple, states))}")
    return found[0]
