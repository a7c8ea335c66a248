"""The bus on real databases: one id is one command, and the sequence of commits is their order."""

import random
import threading
import time

import pytest
from sqlalchemy import func, select

from core.audit.models import AuditEntry
from core.audit.queries import verify
from core.bus import Outcome
from core.context import Actor
from core.db.changes import Commit
from core.db.vault import Vault
from core.errors import DomainError
from core.ids import new_id
from core.journals.pull import changes
from core.practitioners.commands import RegisterPerson
from core.practitioners.models import Person
from core.projects.commands import ReopenProject
from core.wire.push import Cursor
from tests.factories.refusals import at_once, refused
from tests.factories.server import ServerParts
from tests.factories.world import JOB

SCOPE = "agency:of-the-test"


def register(name: str = "某人", person_id: str | None = None) -> RegisterPerson:
    return RegisterPerson(person_id=person_id or new_id(), name=name)


@pytest.mark.rule("U-1")
def test_the_same_command_twice_is_one(server: ServerParts) -> None:
    """Pressing twice is the same command, also in the same moment; it is accepted and logged once."""
    command, command_id = register(), new_id()
    works = [lambda: server.bus.run(command, actor=JOB, command_id=command_id)] * 4
    answers = at_once(*works)
    assert [type(a) for a in answers] == [Outcome] * 4, answers
    assert sorted(a.repeated for a in answers) == [False, True, True, True]
    assert {a.answer["person_id"] for a in answers} == {command.person_id}
    with server.bus.store.reading() as db:
        assert db.scalar(select(func.count()).select_from(Person)) == 1
        assert db.scalar(select(func.count()).select_from(AuditEntry)) == 1


@pytest.mark.rule("U-1")
def test_an_id_belongs_to_one_command_body_and_actor(server: ServerParts) -> None:
    """The same id with something else behind it is another command: refused, and nothing is told of the first."""
    command, command_id = register(), new_id()
    server.bus.run(command, actor=JOB, command_id=command_id)
    others = [
        (register("别人", command.person_id), JOB),
        (register(), JOB),
        (ReopenProject(project_id=new_id(), reason="原因写满五个字"), JOB),
        (command, Actor("job", new_id())),
        (command, Actor("anyone")),
    ]
    for other, actor in others:
        with refused("command-id-taken", "U-1"):
            server.bus.run(other, actor=actor, command_id=command_id)


def test_what_a_handler_did_before_it_refused_is_undone(server: ServerParts) -> None:
    taken = register()
    server.bus.run(taken, actor=JOB, command_id=new_id())
    command_id = new_id()
    with refused("taken"):
        server.bus.run(taken, actor=JOB, command_id=command_id)
    fresh = register()
    assert not server.bus.run(fresh, actor=JOB, command_id=command_id).repeated, "a refusal uses no id up"


def test_the_sequence_is_the_order_of_commits(server: ServerParts) -> None:
    """Invariant 6: a reader by cursor sees every row, however late a transaction commits (8 writers, 1 reader)."""
    writers, each = 8, 6
    seen: list[str] = []
    done = threading.Event()
    vault = Vault(b"k" * 32)

    def write(number: int) -> list[str]:
        rng, made = random.Random(number), []
        for _ in range(each):
            with server.bus.transaction(JOB) as work:
                rows = [new_id() for _ in range(rng.randint(1, 3))]
                for row in rows:
                    work.ctx.stamps.touch("project", row, (SCOPE,))
                work.ctx.db.add(Person(id=new_id(), name=f"{number}"))
                work.ctx.db.flush()
                time.sleep(rng.random() / 100)
            made += rows
        return made

    def read() -> None:
        cursor = Cursor()
        while True:
            last_round = done.is_set()
            more = True
            while more:
                with server.bus.store.reading() as db:
                    page = changes(db, vault, SCOPE, cursor, limit=5)
                assert not page.reset and page.cursor.seq >= cursor.seq
                seen.extend(row.id for row in page.rows)
                cursor, more = page.cursor, page.more
            if last_round:
                return

    def all_writers() -> list[list[str]]:
        try:
            return at_once(*(lambda n=n: write(n) for n in range(writers)))
        finally:
            done.set()

    written, _ = at_once(all_writers, read)
    assert sorted(seen) == sorted(row for made in written for row in made)
    with server.bus.store.reading() as db:
        sequence = db.scalars(select(Commit.seq).order_by(Commit.seq)).all()
        assert list(sequence) == list(range(1, writers * each + 1))


def test_commands_at_once_keep_one_chain(server: ServerParts) -> None:
    answers = at_once(
        *(lambda: server.bus.run(register(), actor=JOB, command_id=new_id()) for _ in range(12))
    )
    assert not [a for a in answers if isinstance(a, DomainError)]
    with server.bus.store.reading() as db:
        assert verify(db) is None
        assert db.scalar(select(func.max(AuditEntry.seq))) == 12


def test_who_reads_sees_one_state(server: ServerParts) -> None:
    """A page of changes is put together by several statements; what commits between them belongs to the next."""
    with server.bus.store.reading() as db:
        count = select(func.count()).select_from(Person)
        before = db.scalar(count)
        server.bus.run(register(), actor=JOB, command_id=new_id())
        assert db.scalar(count) == before
    with server.bus.store.reading() as db:
        assert db.scalar(count) == (before or 0) + 1
