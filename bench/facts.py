"""Facts through the bus on the server: how many a second, and whether a long history makes it slower."""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from bench._office import backdate, make_office
from core.bus import Bus, Fact
from core.clock import SystemClock, ms_of
from core.command import Command
from core.context import Actor
from core.db.engine import server_engine
from core.db.store import Store
from core.db.vault import Vault
from core.garbage import collect_seldom
from core.ids import new_id
from core.visits.commands import AttemptFailed, FaceEntry, FixEntry, FormSubmitted, VisitEnded, VisitStarted

BATCH = 500
STARTS, FORMS, ATTEMPTS, LATE = 4_000, 1_500, 500, 0.05
DAYS = 10
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
DEVICE = new_id()
FACE = FaceEntry(engine="bench", liveness="challenge", portrait_id=new_id())
FIX = FixEntry(lat=31.2304, lon=121.4737, accuracy_m=10.0, age_ms=1_000, source="gps")


def _fact(command: Command, t_ms: int, person: str) -> Fact:
    fact_id = new_id()
    return Fact(
        fact_id, command, Actor("person", person), DEVICE, t_ms, "proven", fact_id.replace("-", "") * 2
    )


def days(
    people: Sequence[str], projects: Sequence[str], first_ms: int, count: int, per_day: int
) -> Iterator[list[Fact]]:
    """For each day its facts in order: everybody visits his project, the first of each project fills the form."""
    for number in range(count):
        morning = first_ms + number * DAY_MS
        starts, ends, forms, formed = [], [], [], set()
        for i in range(per_day):
            person, project = people[i % len(people)], projects[(i + number % 2 * 75) % len(projects)]
            begin = morning + i * 7_000
            starts.append(
                _fact(
                    VisitStarted(project_id=project, person_id=person, claims=False, face=FACE, fix=FIX),
                    begin,
                    person,
                )
            )
            ends.append(
                _fact(
                    VisitEnded(project_id=project, person_id=person, face=FACE, fix=FIX),
                    begin + 4 * HOUR_MS,
                    person,
                )
            )
            formed.add((project, person))
        fillers = dict(sorted(formed))
        day = time.strftime("%Y-%m-%d", time.gmtime((morning + 8 * HOUR_MS) / 1000))
        for n, (project, person) in enumerate(sorted(fillers.items())):
            form = FormSubmitted(project_id=project, person_id=person, day=day, complete=False)
            forms.append(_fact(form, morning + 9 * HOUR_MS + n * 1_000, person))
        yield [*starts, *ends, *forms]


def disordered(facts: list[Fact], rng: random.Random) -> list[Fact]:
    """Five per cent come late by some batches, or twice."""
    found: list[tuple[int, int, Fact]] = []
    for place, fact in enumerate(facts):
        odd = rng.random() < LATE
        late = odd and rng.random() < 0.5
        found.append((place + (rng.randrange(BATCH, 3 * BATCH) if late else 0), len(found), fact))
        if odd and not late:
            found.append((place + rng.randrange(1, 2 * BATCH), len(found), fact))
    return [fact for _place, _n, fact in sorted(found)]


def push(bus: Bus, facts: Sequence[Fact]) -> float:
    """Records the facts in batches; the seconds that it took."""
    began = time.perf_counter()
    for at in range(0, len(facts), BATCH):
        with bus.transaction(Actor("device", DEVICE), DEVICE, facts=True) as work:
            bus.record(work, facts[at : at + BATCH])
    return time.perf_counter() - began


def workload(people: list[str], projects: list[str], first_ms: int) -> list[Fact]:
    """4,000 starts and ends, 1,500 forms and 500 attempts in ten days, five per cent disordered."""
    rng = random.Random(7)
    chosen = projects[: FORMS // DAYS]
    facts = [fact for day in days(people, chosen, first_ms, DAYS, STARTS // DAYS) for fact in day]
    for _ in range(ATTEMPTS):
        attempt = AttemptFailed(project_id=rng.choice(chosen), action="start", reason="face.unknown")
        facts.insert(rng.randrange(len(facts)), _fact(attempt, first_ms, people[0]))
    return disordered(facts, rng)


class Book:
    """One database with an office, to which facts are pushed."""

    def __init__(self, url: str) -> None:
        self.bus = Bus(Store(server_engine(url), SystemClock()), vault=Vault(b"b" * 32))
        self.bus.store.create_tables()
        self.people, self.projects = make_office(self.bus, people=400, projects=150)
        backdate(self.bus)
        self.seconds: list[float] = []

    def age(self, visits: int, last_ms: int) -> None:
        """Records that many visits, 400 a day, the last of them on the day before ``last_ms``."""
        count = -(-visits // 400)
        began = time.perf_counter()
        for day in days(self.people, self.projects, last_ms - count * DAY_MS, count, 400):
            push(self.bus, day)
        took = timedelta(seconds=round(time.perf_counter() - began))
        print(f"history: {count * 400:,} visits in {took}")

    def measure(self, first_ms: int) -> int:
        """Pushes one workload that begins on that day; returns how many facts it was."""
        facts = workload(self.people, self.projects, first_ms)
        self.seconds.append(push(self.bus, facts))
        return len(facts)

    def states(self) -> dict[str, int]:
        """How many visits the book has in each state."""
        with self.bus.store.reading() as db:
            found = db.execute(
                text("SELECT state, count(*) AS count FROM visit GROUP BY state ORDER BY 1")
            ).all()
        return {str(state): int(count) for state, count in found}


def main(argv: Sequence[str]) -> int:
    """Prints facts a second on an empty book and on one with a history, measured in turns."""
    parser = argparse.ArgumentParser(prog="bench facts", description=__doc__)
    parser.add_argument("--history", type=int, default=100_000, help="visits that are there already")
    parser.add_argument("--rounds", type=int, default=7, help="how often each of the two books is measured")
    parser.add_argument(
        "--databases", nargs=2, metavar="URL", help="two empty PostgreSQL databases instead of SQLite files"
    )
    args = parser.parse_args(argv)
    collect_seldom()  # as the server does
    with tempfile.TemporaryDirectory() as folder:
        urls = args.databases or [f"sqlite:///{Path(folder) / name}" for name in ("empty.db", "full.db")]
        empty, full = (Book(url) for url in urls)
        measure(empty, full, args.history, args.rounds)
        for book in (empty, full):
            book.bus.store.close()
    return 0


def measure(empty: Book, full: Book, history: int, rounds: int) -> None:
    """Times the two books in turns: what else the machine does slows both.

    A first round is not counted: a log that still grows on the disk costs the young book more than any fact.
    """
    now = ms_of(SystemClock().now())
    first = now - now % DAY_MS - (rounds + 1) * (DAYS + 2) * DAY_MS
    full.age(history, first - 10 * DAY_MS)
    ratios: list[float] = []
    for number in range(rounds + 1):
        begin = first + number * (DAYS + 2) * DAY_MS
        count = empty.measure(begin)
        full.measure(begin)
        ratios.append(empty.seconds[-1] / full.seconds[-1])
        print(
            f"round {number or '0 (not counted)'}: {count} facts, empty book {count / empty.seconds[-1]:,.0f} "
            f"a second, with history {count / full.seconds[-1]:,.0f}, ratio {ratios[-1]:.2f}"
        )
    plain, aged = (count / statistics.median(book.seconds[1:]) for book in (empty, full))
    spread = f"{min(ratios[1:]):.2f} to {max(ratios[1:]):.2f}"
    print(
        f"median: empty book {plain:,.0f} a second, with history {aged:,.0f}, "
        f"ratio {statistics.median(ratios[1:]):.2f} ({spread})"
    )
    print("visits by state:", full.states())
