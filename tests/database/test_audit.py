"""The audit log on real databases: everything accepted and refused, and nobody changes it unnoticed."""

import pytest
from sqlalchemy import select, text

from core.audit.models import AuditEntry
from core.audit.queries import verify
from core.context import Actor
from core.ids import new_id
from core.projects.commands import SubmitProject
from tests.factories.refusals import refused
from tests.factories.server import ServerParts
from tests.factories.site import at, record, start
from tests.factories.world import World

BREAKS = {
    "an altered outcome": "UPDATE audit_log SET outcome = 'accepted!' WHERE seq = :seq",
    "another actor": "UPDATE audit_log SET actor_id = NULL, actor_kind = 'job2' WHERE seq = :seq",
    "another time": "UPDATE audit_log SET at_ms = at_ms + 1 WHERE seq = :seq",
    "a forged hash": "UPDATE audit_log SET hash = :forged WHERE seq = :seq",
    "a missing row": "DELETE FROM audit_log WHERE seq = :seq",
    "an end cut off": "DELETE FROM audit_log WHERE seq >= :seq",
}


@pytest.mark.rule("U-1")
def test_whatever_is_altered_is_named(server: ServerParts, world: World) -> None:
    """`verify` names the first broken link."""
    store = server.bus.store
    with store.reading() as db:
        assert verify(db) is None
        last = db.scalars(select(AuditEntry.seq).order_by(AuditEntry.seq.desc())).first()
    assert last is not None
    for seq in (1, last // 2, last):
        for name, statement in BREAKS.items():
            with store._writing() as db, db.begin() as transaction:
                wanted = {"seq": seq, "forged": "ab" * 32}
                named = {key: wanted[key] for key in wanted if f":{key}" in statement}
                db.execute(text(statement), named)
                assert verify(db) == seq, name
                transaction.rollback()
    with store.reading() as db:
        assert verify(db) is None


@pytest.mark.rule("U-1")
def test_accepted_refused_and_judged_stand_in_it(server: ServerParts, world: World) -> None:
    """Every accepted and refused command is in an append-only audit log."""
    command_id = new_id()
    with refused("not-allowed"):
        server.bus.run(
            SubmitProject(project_id=world.projects[0]),
            actor=Actor("person", world.members[0]),
            command_id=command_id,
        )
    good = start(world.members[0], world.projects[0], at("09:00"))
    void = start(world.manager, world.projects[0], at("09:00"))
    record(server.bus, good, void)
    with server.bus.store.reading() as db:
        rows = {row.command_id: row for row in db.scalars(select(AuditEntry))}
        assert rows[command_id].outcome == "refused:not-allowed"
        assert rows[command_id].actor_id == world.members[0]
        assert rows[good.id].outcome == "recorded" and rows[good.id].commitment == good.digest
        assert rows[void.id].outcome == "void:S-2"
        assert verify(db) is None


@pytest.mark.rule("U-1", "D-2")
def test_erasing_the_salts_leaves_the_chain_valid(server: ServerParts, world: World) -> None:
    """Salted commitments: erasure destroys the salt and every chain stays."""
    with server.bus.store.writing() as db:
        db.execute(text("DELETE FROM audit_salt"))
    with server.bus.store.reading() as db:
        assert verify(db) is None
