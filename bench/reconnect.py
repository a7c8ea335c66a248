"""A morning: hundreds of kiosks come back within a minute after a night without network, each with its day's work."""

import argparse
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar

from sqlalchemy import create_engine, text

from bench._postgres import empty_postgres
from bench._processes import Measured, free_port, start
from bench._site import Admitted, Site, make_sites
from core.errors import DomainError
from core.wire.push import MAX_SCOPES, Cursor, PushRequest
from core.wire.sealing import box_digest
from server.settings import load
from sync.http import HttpTransport
from tests.fakes.clock import FakeClock

KIOSKS, PER_AGENCY, VISITS, PHOTOS, WITHIN_S = 500, 10, 20, 4, 60.0
PHOTO_BYTES = 120_000
PATIENCE_S, AGAIN_S = 240.0, 2.0
P99_S, MEMORY_MB = 2.0, 500.0
T = TypeVar("T")


@dataclass
class Morning:
    """What all kiosks together have seen."""

    pushes: list[float] = field(default_factory=list)
    photos: list[float] = field(default_factory=list)
    pulls: list[float] = field(default_factory=list)
    retried: int = 0
    lost: list[str] = field(default_factory=list)
    finished: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def patient(self, work: Callable[[], T], times: list[float]) -> T:
        """Asks again until the server has answered; also what was given up is timed."""
        until = time.monotonic() + PATIENCE_S
        while True:
            began = time.perf_counter()
            try:
                answer = work()
            except DomainError:
                with self.lock:
                    self.retried += 1
                    times.append(time.perf_counter() - began)
                if time.monotonic() > until:
                    raise
                time.sleep(AGAIN_S)
            else:
                with self.lock:
                    times.append(time.perf_counter() - began)
                return answer


def come_back(kiosk: Admitted, request: PushRequest, morning: Morning, delay_s: float, seed: int) -> None:
    """One kiosk's first round: time, entries, changes, photos."""
    time.sleep(delay_s)
    rng = random.Random(seed)
    transport = HttpTransport(kiosk.pairing, kiosk.keys.seed, waiting=lambda: len(request.entries))
    try:
        morning.patient(lambda: transport.time("0123456789abcdef"), [])
        answer = morning.patient(lambda: transport.push(request), morning.pushes)
        odd = [one for one in answer.verdicts if one.status not in ("recorded", "repeated")]
        if answer.head != request.head or odd:
            raise ValueError(f"{answer.head} {odd[:1]}")
        scopes = morning.patient(transport.scopes, [])
        _pull(transport, scopes.scopes, morning)
        for _ in range(PHOTOS):
            box = rng.randbytes(PHOTO_BYTES)
            morning.patient(lambda box=box: transport.put_blob(box_digest(box), box), morning.photos)  # type: ignore[misc]
        with morning.lock:
            morning.finished.append(time.monotonic())
    except (DomainError, ValueError) as error:
        with morning.lock:
            morning.lost.append(repr(error))


def _pull(transport: HttpTransport, scopes: Sequence[str], morning: Morning) -> None:
    """As the client does it: of all scopes that are left at once, as much as the server gives."""
    left = dict.fromkeys(scopes, Cursor())
    while left:
        asked = dict(islice(left.items(), MAX_SCOPES))
        for page in morning.patient(lambda asked=asked: transport.pages(asked), morning.pulls):  # type: ignore[misc]
            if page.more:
                left[page.scope] = page.cursor
            else:
                del left[page.scope]


def main(argv: Sequence[str]) -> int:
    """Prints times, retries and memory; fails when something is not in, or slower or larger than promised."""
    parser = argparse.ArgumentParser(prog="bench reconnect", description=__doc__)
    parser.add_argument("--kiosks", type=int, default=KIOSKS)
    parser.add_argument(
        "--databases", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"]
    )
    args = parser.parse_args(argv)
    reached = True
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        for kind in args.databases:
            folder = Path(name) / kind
            folder.mkdir()
            reached &= _run(folder, None if kind == "sqlite" else empty_postgres(stack), args.kiosks, kind)
    return 0 if reached else 1


def _run(folder: Path, database: str | None, kiosks: int, kind: str) -> bool:
    port = free_port()
    environment = {"ZHIYE_DATA_FOLDER": str(folder / "data"), "ZHIYE_PORT": str(port)}
    if database is not None:
        environment["ZHIYE_DATABASE_URL"] = database
    agencies = -(-kiosks // PER_AGENCY)
    sites = make_sites(
        load(environment),
        f"http://127.0.0.1:{port}",
        agencies=agencies,
        people=20,
        projects=5,
        kiosks=PER_AGENCY,
    )
    nights = [(kiosk, _night(site, number)) for site in sites for number, kiosk in enumerate(site.kiosks)][
        :kiosks
    ]
    server = start(["server", "serve"], environment, port, folder / "server.log")
    try:
        morning, peak, cpu_s, took = _morning(server, nights)
    finally:
        server.stop()
    facts = _facts(database or f"sqlite:///{folder / 'data' / 'zhiye.sqlite'}")
    blobs = sum(1 for path in (folder / "data" / "blobs").rglob("*") if path.is_file())
    entries = sum(len(request.entries) for _kiosk, request in nights)
    print(
        f"{kind}: {len(nights)} kiosks within {WITHIN_S:.0f} s, {entries} entries; all in after {took:.0f} s"
    )
    print(
        f"  facts in the database {facts} of {VISITS * 2 * len(nights)}, photos {blobs} of {PHOTOS * len(nights)}"
    )
    p99 = _tell("entries", morning.pushes)
    _tell("changes", morning.pulls)
    _tell("a photo", morning.photos)
    print(f"  asked again {morning.retried} times, gave up {len(morning.lost)} {morning.lost[:3]}")
    print(f"  server CPU {cpu_s:.0f} s, memory at most {peak:.0f} MB (limit {MEMORY_MB:.0f})")
    whole = facts == VISITS * 2 * len(nights) and blobs == PHOTOS * len(nights) and not morning.lost
    return whole and p99 <= P99_S and peak <= MEMORY_MB


def _tell(what: str, times: list[float]) -> float:
    """Prints how long such requests took; returns the 99th hundredth."""
    hundredths = statistics.quantiles(times, n=100) if len(times) > 1 else [float("inf")] * 99
    p50, p99, most = hundredths[49], hundredths[98], max(times, default=float("inf"))
    print(f"  a request with {what}: p50 {p50:.2f} s, p99 {p99:.2f} s, most {most:.2f} s of {len(times)}")
    return p99


def _night(site: Site, number: int) -> PushRequest:
    """Everybody of the agency was on one day at this kiosk."""
    clock = FakeClock(datetime(2026, 10, 1, 1, tzinfo=UTC) + timedelta(days=number))
    return site.written(site.kiosks[number], clock, VISITS)


def _morning(
    server: Measured, nights: list[tuple[Admitted, PushRequest]]
) -> tuple[Morning, float, float, float]:
    morning, rng, began = Morning(), random.Random(3), time.monotonic()
    cpu_s, peak = server.cpu_s(), 0.0
    threads = [
        threading.Thread(
            target=come_back, args=(kiosk, request, morning, rng.uniform(0, WITHIN_S), number), daemon=True
        )
        for number, (kiosk, request) in enumerate(nights)
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        peak = max(peak, server.memory_mb())
        time.sleep(0.5)
    took = max(morning.finished, default=time.monotonic()) - began
    return morning, peak, server.cpu_s() - cpu_s, took


def _facts(url: str) -> int:
    engine = create_engine(url)
    with engine.connect() as db:
        found = int(db.execute(text("SELECT count(*) FROM fact")).scalar_one())
    engine.dispose()
    return found
