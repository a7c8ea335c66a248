"""Invariant 6 across commits: eight writers on PostgreSQL, and a reader by cursor who misses no row of theirs."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from sqlalchemy import Connection, event, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.audit.queries import verify
from core.bus import Bus, Work
from core.db.base import project_scope
from core.db.changes import GENESIS, Commit, RowChange, Stamps, head, next_rolling
from core.db.engine import server_engine
from core.db.store import COMMIT_LOCK, Store
from core.db.vault import Vault
from core.ids import new_id
from core.journals.pull import changes
from core.practitioners.commands import RegisterPerson
from core.wire.push import ChangePage, Cursor
from tests.factories.refusals import at_once
from tests.factories.world import JOB
from tests.fakes.clock import FakeClock

WRITERS, EACH, PAGE = 8, 10, 7
SCOPE = project_scope("019c0000-0000-7000-8000-0000000000e1")
VAULT = Vault(bytes(32))


class Unlocked(Store):
    """A mutant: whoever commits waits for nobody."""

    def lock(self, db: Session, key: int) -> None:
        """Every lock but that of the commits."""
        if key != COMMIT_LOCK:
            super().lock(db, key)


class Hasty(Bus):
    """A mutant: a number is drawn from the database's own counter, so that nobody has to wait for it."""

    def _seal(self, work: Work) -> None:
        connection = work.ctx.db.connection()
        seq = connection.execute(text("SELECT nextval('hasty')")).scalar_one()
        work.ctx.stamps.write(connection, seq)
        commit = {"seq": seq, "at_ms": 0, "audit_head": GENESIS, "rolling": GENESIS}
        connection.execute(insert(Commit), [commit])


def writer(url: str, number: int, bus: type[Bus], store: type[Store]) -> list[str]:
    """One server of eight: commits in its own time, and waits inside of its transactions and before their commits."""
    chance, written = random.Random(number), []
    own = store(server_engine(url), FakeClock())
    event.listen(own.engine, "commit", lambda _connection: time.sleep(chance.random() / 200))
    try:
        for turn in range(EACH):
            time.sleep(chance.random() / 100)
            if chance.random() < 0.2:
                command = RegisterPerson(person_id=new_id(), name=f"{number}-{turn}")
                bus(own, vault=VAULT).run(command, actor=JOB, command_id=new_id())
            else:
                written += touch(bus(own, vault=VAULT), chance)
    finally:
        own.close()
    return written


def touch(bus: Bus, chance: random.Random) -> list[str]:
    """A transaction that changes some rows, sooner or later."""
    rows = [new_id() for _ in range(chance.randint(1, 4))]
    with bus.transaction(JOB, facts=chance.random() < 0.3) as work:
        for row in rows:
            time.sleep(chance.random() / 200)
            work.ctx.stamps.touch("project", row, (SCOPE,))
    return rows


class Reader:
    """Pulls all the time by cursor, page by page, as a device does."""

    def __init__(self, url: str) -> None:
        self._store = Store(server_engine(url), FakeClock())
        self.seen: list[str] = []
        self.cursors: list[Cursor] = [Cursor()]

    def read(self, done: threading.Event) -> None:
        """Until the writers are done, and then once more to the end."""
        try:
            last = False
            while not last:
                last = done.is_set()
                for page in self._pages():
                    assert not page.reset, "a cursor that was given is not known any more"
                    self.seen += [row.id for row in page.rows]
                    self.cursors.append(page.cursor)
        finally:
            self._store.close()

    def _pages(self) -> Iterator[ChangePage]:
        more = True
        while more:
            with self._store.reading() as db:
                page = changes(db, VAULT, SCOPE, self.cursors[-1], PAGE)
            more = page.more
            yield page


def race(url: str, bus: type[Bus] = Bus, store: type[Store] = Store) -> tuple[list[str], Reader]:
    """What was written by all, in order of ids, and what the reader has seen."""
    reader, done = Reader(url), threading.Event()

    def write() -> list[list[str]]:
        try:
            return at_once(*(lambda n=n: writer(url, n, bus, store) for n in range(WRITERS)))
        finally:
            done.set()

    answers, _ = at_once(write, lambda: reader.read(done))
    for one in answers:
        if isinstance(one, BaseException):
            raise one
    return sorted(row for one in answers for row in one), reader


@pytest.fixture
def url(postgres_database: str) -> str:
    """An empty server."""
    store = Store(server_engine(postgres_database), FakeClock())
    store.create_tables()
    with store.writing() as db:
        db.execute(text("CREATE SEQUENCE hasty"))
    store.close()
    return postgres_database


def rolled(db: Session) -> dict[int, str]:
    """The rolling hash that every commit must have, from the rows that it touched: each was touched once."""
    touched: dict[int, Stamps] = {}
    for one in db.scalars(select(RowChange)):
        touched.setdefault(one.seq, Stamps()).touch(one.table_name, one.row_id, [one.scope])
    rolling, found = GENESIS, {0: GENESIS}
    for commit in db.scalars(select(Commit).order_by(Commit.seq)):
        digest = touched.get(commit.seq, Stamps()).digest()
        rolling = found[commit.seq] = next_rolling(rolling, commit.audit_head, digest)
    return found


def test_eight_servers_write_and_a_reader_sees_every_row_once(url: str) -> None:
    """6: the cursor never passes an unapplied row, in whatever order the transactions end."""
    written, reader = race(url)
    assert sorted(reader.seen) == written
    store = Store(server_engine(url), FakeClock())
    with store.reading() as db:
        expected = rolled(db)
        assert list(expected) == list(range(WRITERS * EACH + 1)), "the sequence is dense"
        assert dict(db.execute(select(Commit.seq, Commit.rolling)).all()) | {0: GENESIS} == expected
        assert [one.rolling for one in reader.cursors] == [expected[one.seq] for one in reader.cursors]
        assert head(db.connection())[1] == expected[WRITERS * EACH]
        assert verify(db) is None
        assert len(reader.cursors) > 20, "it read while the others wrote"
    store.close()


class Pair:
    """Two servers: the first stops right before its commit, until the second has come far enough."""

    def __init__(self, url: str, bus: type[Bus] = Bus, store: type[Store] = Store) -> None:
        self._stores = [store(server_engine(url), FakeClock()) for _ in range(2)]
        self._bus = bus
        self.stopped, self.go_on = threading.Event(), threading.Event()
        event.listen(self._stores[0].engine, "commit", self._stop)

    def _stop(self, _connection: Connection) -> None:
        self.stopped.set()
        assert self.go_on.wait(30)

    def first(self) -> list[str]:
        """What the first writes; comes back once its commit is through."""
        return touch(self._bus(self._stores[0], vault=VAULT), random.Random(1))

    def second(self) -> list[str]:
        """What the second writes, from when the first has only its commit left to do."""
        assert self.stopped.wait(30)
        return touch(self._bus(self._stores[1], vault=VAULT), random.Random(2))

    def on_commit_row(self, act: Callable[[], None]) -> None:
        """Acts when the second is about to write the row of its commit."""

        def look(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
            if statement.startswith("INSERT INTO commit_log"):
                act()

        event.listen(self._stores[1].engine, "before_cursor_execute", look)

    def close(self) -> None:
        """Every connection of both."""
        for store in self._stores:
            store.close()


def test_without_the_lock_two_commits_take_one_place(url: str) -> None:
    """The mutant that shows what the commit lock is for: the database refuses what the lock would have ordered."""
    pair = Pair(url, store=Unlocked)
    pair.on_commit_row(pair.go_on.set)
    with closing(pair), pytest.raises(IntegrityError):
        at_once(pair.first, pair.second)


def test_with_the_lock_the_second_waits_for_the_first(url: str) -> None:
    """The same two with the lock: the second gets to its commit's row only after the first has committed."""
    pair, order = Pair(url), list[str]()
    pair.on_commit_row(lambda: order.append("second"))

    def release() -> None:
        assert pair.stopped.wait(30)
        assert not waiting.wait(0.3)
        order.append("first")
        pair.go_on.set()

    with closing(pair):
        waiting = threading.Event()
        pair.on_commit_row(waiting.set)
        written = at_once(pair.first, pair.second, release)
    assert order == ["first", "second"]
    assert to_the_end(Reader(url)) == written[0] + written[1]


def test_a_number_that_is_no_place_in_the_order_of_commits_hides_rows(url: str) -> None:
    """The mutant that shows what the reader would miss, were numbers given before it is known who commits first."""
    pair, reader = Pair(url, bus=Hasty), Reader(url)

    def look_and_release() -> list[str]:
        later = pair.second()
        assert to_the_end(reader) == later
        pair.go_on.set()
        return later

    with closing(pair):
        earlier, later = at_once(pair.first, look_and_release)
    assert earlier
    assert to_the_end(reader) == later, "the earlier number's rows came after the cursor had passed them"


def to_the_end(reader: Reader) -> list[str]:
    """All that it has seen, after reading once more what is there."""
    done = threading.Event()
    done.set()
    reader.read(done)
    return reader.seen
