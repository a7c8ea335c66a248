"""Personal data at rest: nothing in the clear in the database's files, and erasure that holds."""

from pathlib import Path

import pytest
from sqlalchemy import select

from core.contacts import queries
from core.db.base import Base
from core.db.vault import SubjectKey, Vault
from core.errors import BadInput, NotHere
from core.ids import new_id
from core.practitioners.commands import RegisterPerson, SubmitPortrait
from core.practitioners.models import PersonPrivate, Portrait
from tests.factories.refusals import at_once, refused
from tests.factories.server import ServerParts
from tests.factories.world import World, run

ID_NUMBER = "11010519491231002X"
TELEPHONE = "13800000000"
FACE = b"TEMPLATE-OF-A-FACE" * 8


def everything(server: ServerParts) -> bytes:
    """Every byte that the database keeps: its files, or on PostgreSQL each value of each row as text and as bytes."""
    store = server.bus.store
    if not store.is_postgresql:
        with store.engine.connect() as db:
            file = Path(db.exec_driver_sql("PRAGMA database_list").all()[0][2])
        return b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))
    found = []
    with store.reading() as db:
        for table in Base.metadata.sorted_tables:
            for row in db.execute(select(table)):
                found += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return b"\n".join(found)


@pytest.mark.rule("D-2", "C-1")
def test_nothing_personal_is_in_the_clear(server: ServerParts, world: World) -> None:
    """Personal data (ID numbers, portraits, templates) is encrypted at rest on the server."""
    person = new_id()
    run(server.bus, RegisterPerson(person_id=person, name="某人", id_number=ID_NUMBER))
    portrait = SubmitPortrait(
        person_id=person,
        portrait_id=new_id(),
        image=b"JPEG-OF-A-FACE",
        template=FACE,
        engine="fake",
        consent=True,
    )
    run(server.bus, portrait)
    kept = everything(server)
    assert "某人".encode() in kept, "what is public is found, so the search works"
    hidden = [ID_NUMBER.encode(), TELEPHONE.encode(), "联系人甲".encode(), FACE[:18], b"JPEG-OF-A-FACE"]
    assert [mark for mark in hidden if mark in kept] == []
    vault = server.bus._vault
    assert vault is not None
    with server.bus.store.reading() as db:
        sealed = db.get_one(PersonPrivate, person).id_number
        assert sealed is not None and vault.open(db, person, sealed) == ID_NUMBER.encode()
        row = db.get_one(Portrait, portrait.portrait_id)
        assert vault.open(db, person, row.template) == FACE
        assert queries.details(db, vault, world.contacts[0])["telephone"] == TELEPHONE


@pytest.mark.rule("D-2")
def test_erasure_destroys_the_key_and_leaves_no_copy_of_it(server: ServerParts) -> None:
    """Erasure destroys the subject's key."""
    vault, subject = Vault(b"k" * 32), new_id()
    store = server.bus.store
    with store.writing() as db:
        vault.seal(db, new_id(), b"a neighbour's")
        sealed = vault.seal(db, subject, b"secret")
        vault.seal(db, new_id(), b"a neighbour's")
    with store.writing() as db:
        wrapped = db.get_one(SubjectKey, subject).wrapped
        vault.erase(db, subject)
        vault.erase(db, new_id())
    with store.reading() as db, refused("vault.erased"):
        vault.open(db, subject, sealed)
    if not store.is_postgresql:
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            raw = db.connection.driver_connection
            assert raw is not None
            raw.commit()
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert wrapped not in everything(server)


@pytest.mark.rule("D-2")
def test_a_key_opens_its_own_subject_only(server: ServerParts) -> None:
    """Each subject has a key of its own; another master key, subject or a changed byte opens nothing."""
    vault, one, two = Vault(b"k" * 32), new_id(), new_id()
    with server.bus.store.writing() as db:
        sealed, _ = vault.seal(db, one, b"secret"), vault.seal(db, two, b"other")
        with pytest.raises(BadInput):
            vault.open(db, two, sealed)
        with pytest.raises(BadInput):
            vault.open(db, one, sealed[:-1] + bytes([sealed[-1] ^ 1]))
        with pytest.raises(NotHere):
            vault.open(db, new_id(), sealed)
    with pytest.raises(BadInput):
        Vault(b"short")


@pytest.mark.rule("D-2")
def test_two_who_seal_first_for_one_subject_share_its_key(server: ServerParts) -> None:
    """What was sealed can be read again, whoever made the key first."""
    vault, subject = Vault(b"k" * 32), new_id()

    def seal(number: int) -> bytes:
        with server.bus.store.writing() as db:
            return vault.seal(db, subject, str(number).encode())

    sealed = at_once(*(lambda n=n: seal(n) for n in range(6)))
    with server.bus.store.reading() as db:
        assert [vault.open(db, subject, one) for one in sealed] == [str(n).encode() for n in range(6)]
