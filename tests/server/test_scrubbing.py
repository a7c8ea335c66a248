"""What is left of an erasure in the files of a running server's database: nothing, also after a kill."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from core.accounts.commands import CreateAccount
from core.audit.models import AuditEntry, AuditSalt
from core.erasure.commands import EraseSubject
from core.ids import new_id
from core.practitioners.commands import CertificateEntry, RegisterPerson
from server import erasures
from tests.factories.web import Web
from tests.factories.world import JOB, PASSWORD, World, run
from tests.server.test_erasures import REASON, administrator, ask, everything, lies_in, restore, wrapped
from tests.server.test_markers import Scene, log_file, scene, type_people

__all__ = ["log_file", "scene"]


@pytest.mark.rule("D-2")
def test_what_stood_in_clear_lies_in_no_file_of_the_database(web: Web, world: World) -> None:
    """Erasure destroys the subject's key; what had none goes too: certificates, login name, salts, a contact's end."""
    number, login, reason = (f"{word}{secrets.token_hex(8)}" for word in ("cert", "login", "reason"))
    person, project = new_id(), world.project()
    contact = world.contact(project)
    certificates = [CertificateEntry(kind="operator", number=number)]
    made = new_id()
    entered = RegisterPerson(person_id=person, name="赵某", certificates=certificates)
    web.state.bus.run(entered, actor=JOB, command_id=made)
    run(web.state.bus, CreateAccount(account_id=new_id(), login=login, password=PASSWORD, person_id=person))
    ended = web.command(
        web.login("manager1"), "contacts.end", project_id=project, contact_id=contact, reason=reason
    )
    assert ended.status_code == 200, ended.text
    with web.state.store.reading() as db:
        found = select(AuditSalt.salt).join(AuditEntry, AuditEntry.seq == AuditSalt.seq)
        salt = db.scalars(found.where(AuditEntry.command_id == made)).one()
    clear = (number.encode(), login.encode(), reason.encode(), salt)
    assert all(lies_in(web, one) for one in clear)
    root = administrator(web)
    assert ask(web, root, person) == ask(web, root, contact, "contact") == (200, "")
    assert [lies_in(web, one) for one in clear] == [[], [], [], []]


class Killed(BaseException):
    """The end of a process, right after a commit."""


@contextmanager
def killed_after_the_commit() -> Iterator[None]:
    """Whatever commits first inside of it comes no further."""

    def kill(_session: Session) -> None:
        raise Killed

    event.listen(Session, "after_commit", kill)
    try:
        with pytest.raises(Killed):
            yield
    finally:
        event.remove(Session, "after_commit", kill)


@pytest.mark.rule("D-2")
def test_a_kill_after_the_commit_leaves_no_old_copy_of_a_key(scene: Scene) -> None:
    """Erasure destroys the subject's key: in the files too, at the next start, also when a restore erases again."""
    web, person = scene.web, type_people(scene)
    backup, key = everything(web), wrapped(web, person)[person]
    command = EraseSubject(kind="person", subject_id=person, reason=REASON)
    with killed_after_the_commit():
        erasures.erase(web.state, command, JOB, new_id())
    assert wrapped(web, person)[person] == b""
    assert _marked(web) and erasures.keep_up(web.state)
    assert lies_in(web, key) == [] and not _marked(web)
    restore(web, backup)
    with killed_after_the_commit():
        erasures.carry_out_list(web.state)
    assert wrapped(web, person)[person] == b"" and erasures.carry_out_list(web.state) == 0
    assert _marked(web) and erasures.keep_up(web.state)
    assert lies_in(web, key) == [] and not _marked(web)


def _marked(web: Web) -> bool:
    return (web.settings.keys / "erased.unscrubbed").exists()
