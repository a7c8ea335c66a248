"""Accounts on real databases: names, failed logins, and who is refused what."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select, text

from core.accounts import logins, passwords
from core.accounts.commands import ChangePassword, CreateAccount
from core.accounts.logins import LoggedIn
from core.accounts.models import Account, LoginFailure
from core.accounts.roles import ANYONE, PERMISSIONS, SELF
from core.agencies.models import Agency
from core.clock import ms_of
from core.command import all_specs
from core.context import Actor
from core.devices.commands import RevokeDevice
from core.employment.commands import Employ, EndEmployment
from core.employment.models import Employment
from core.errors import DomainError, NotAllowed
from core.ids import new_id
from core.practitioners.commands import CertificateEntry, RegisterPerson, SubmitPortrait
from core.practitioners.models import Portrait
from core.projects.commands import SetPeople, TerminateProject
from tests.factories.kiosk import Kiosk
from tests.factories.refusals import at_once, refused
from tests.factories.samples import sample
from tests.factories.server import ServerParts
from tests.factories.world import PASSWORD, World, make_world, run
from tests.fakes.clock import FakeClock


def create(login: str, password: str = PASSWORD) -> CreateAccount:
    return CreateAccount(account_id=new_id(), login=login, password=password)


def log_in(server: ServerParts, login: str, password: str) -> LoggedIn | DomainError:
    try:
        return logins.log_in(server.bus.store, login, password)
    except DomainError as refusal:
        return refusal


def code(answer: LoggedIn | DomainError) -> str:
    return answer.code if isinstance(answer, DomainError) else "in"


@pytest.mark.rule("A-1", "A-2")
def test_a_name_is_taken_whatever_its_case_or_width(server: ServerParts) -> None:
    """One account (login name, unique without regard to case) works everywhere."""
    run(server.bus, create(" Zhang.San "))
    for same in ("zhang.san", "ZHANG.SAN", "ｚｈａｎｇ．ｓａｎ"):
        with refused("accounts.taken", "A-1"):
            run(server.bus, create(same))
        assert code(log_in(server, same, PASSWORD)) == "in"
    with refused("accounts.weak", "A-2"):
        run(server.bus, create("other", "abc12345"))
    for bad in ("", "  ", "ﷺ" * 10):
        with pytest.raises(DomainError):
            run(server.bus, create(bad))
    with server.bus.store.reading() as db:
        stored = db.scalars(select(Account.password_hash)).one()
    assert stored.startswith("$argon2id$")


@pytest.mark.rule("A-1")
def test_of_two_who_take_a_name_at_once_one_is_told(server: ServerParts) -> None:
    """Unique: a constraint of the server's database, and a sentence for who comes second."""
    answers = at_once(*(lambda n=name: run(server.bus, create(n)) for name in ("Same", "same", "SAME")))
    assert sorted(code(a) for a in answers if isinstance(a, DomainError)) == ["accounts.taken"] * 2


@pytest.mark.rule("A-4")
def test_five_failures_wait_and_nobody_learns_whether_the_name_exists(server: ServerParts) -> None:
    """After 5 within 15 minutes the account waits, longer each time; the answer never tells."""
    run(server.bus, create("known"))
    told = {}
    for name in ("known", "unknown"):
        answers = [log_in(server, name, "wrong") for _ in range(6)]
        told[name] = [(a.code, a.sentence, a.hint) for a in answers if isinstance(a, DomainError)]
    assert told["known"] == told["unknown"]
    assert [one[0] for one in told["known"]] == ["accounts.wrong"] * 5 + ["accounts.wait"]
    assert code(log_in(server, "KNOWN", PASSWORD)) == "accounts.wait", "nor does the right password help"
    server.clock.advance(minutes=1)
    assert code(log_in(server, "known", "wrong")) == "accounts.wrong"
    server.clock.advance(minutes=1)
    assert code(log_in(server, "known", PASSWORD)) == "accounts.wait"
    server.clock.advance(minutes=1)
    assert code(log_in(server, "known", PASSWORD)) == "in"
    assert [code(log_in(server, "known", "wrong")) for _ in range(2)] == ["accounts.wrong"] * 2


@pytest.mark.rule("D-2")
def test_what_was_typed_for_a_name_is_not_kept_for_ever(server: ServerParts) -> None:
    """Some type their password there, and of that not even a hash may stay: a day, as long as it is counted (A-4)."""
    for name in ("typed by mistake", "another"):
        assert code(log_in(server, name, "wrong")) == "accounts.wrong"
        server.clock.advance(hours=24)
    log_in(server, "third", "wrong")
    with server.bus.store.reading() as db:
        kept = db.scalars(select(LoginFailure.at_ms)).all()
    assert kept == [ms_of(server.clock.now())]


@pytest.mark.rule("A-4")
def test_many_tries_at_once_are_no_way_around_it(
    server: ServerParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After 5 the account waits, also when they come in the same moment."""
    monkeypatch.setattr(passwords, "PATIENCE_S", 60)
    answers = at_once(*[lambda: log_in(server, "anybody", "wrong")] * 12)
    assert sorted(map(code, answers)) == ["accounts.wait"] * 7 + ["accounts.wrong"] * 5
    with server.bus.store.reading() as db:
        assert db.scalar(select(func.count()).select_from(LoginFailure)) == 5


@contextmanager
def turns_taken() -> Iterator[None]:
    """Nobody can hash: others do."""
    taken = 0
    while passwords._HASHING.acquire(blocking=False):
        taken += 1
    try:
        yield
    finally:
        for _ in range(taken):
            passwords._HASHING.release()


def test_nobody_waits_for_somebody_elses_password(
    server: ServerParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password takes long to check: meanwhile everybody else may write."""
    monkeypatch.setattr(passwords, "PATIENCE_S", 60)
    first = create("first")
    run(server.bus, first)
    me = Actor("account", first.account_id)
    change = ChangePassword(old_password=PASSWORD, new_password="新的口令xyz789")
    works: list[Callable[[], object]] = [
        lambda: log_in(server, "nobody", "wrong"),
        lambda: run(server.bus, create("second")),
        lambda: run(server.bus, change, me),
    ]
    with turns_taken():
        hashing = [threading.Thread(target=work) for work in works]
        for thread in hashing:
            thread.start()
        time.sleep(0.3)
        assert all(thread.is_alive() for thread in hashing)
        begun = time.monotonic()
        with server.bus.transaction(Actor("job"), facts=True):
            assert time.monotonic() - begun < 5
    for thread in hashing:
        thread.join(30)
    assert code(log_in(server, "second", PASSWORD)) == "in"
    assert code(log_in(server, "first", "新的口令xyz789")) == "in"


def test_who_gets_no_turn_is_told_to_come_again(server: ServerParts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PATIENCE_S", 0.01)
    with turns_taken():
        assert code(log_in(server, "nobody", "wrong")) == "accounts.busy"
    assert code(log_in(server, "nobody", "wrong")) == "accounts.wrong"


@pytest.mark.rule("A-4")
def test_the_old_password_cannot_be_guessed_either(server: ServerParts) -> None:
    """After 5 failed logins the account waits: whoever found an open program cannot try the password there."""
    command = create("someone")
    run(server.bus, command)
    me = Actor("account", command.account_id)
    for _ in range(5):
        with refused("accounts.wrong_password", "A-4"):
            run(server.bus, ChangePassword(old_password="wrong", new_password=PASSWORD), me)
    with refused("accounts.wait", "A-4"):
        run(server.bus, ChangePassword(old_password=PASSWORD, new_password="新的口令xyz789"), me)
    assert code(log_in(server, "someone", PASSWORD)) == "accounts.wait"
    server.clock.advance(minutes=2)
    changed = ChangePassword(old_password=PASSWORD, new_password="新的口令xyz789")
    command_id = new_id()
    for _ in range(2):
        server.bus.run(changed, actor=me, command_id=command_id)
    assert code(log_in(server, "someone", "新的口令xyz789")) == "in"


@pytest.mark.rule("A-4")
def test_a_login_ends_by_time_by_hand_and_by_a_new_password(server: ServerParts) -> None:
    """A login expires, can be revoked, and is revoked by a password change."""
    command = create("someone")
    run(server.bus, command)
    one, two, three = (log_in(server, "someone", PASSWORD) for _ in range(3))
    assert isinstance(one, LoggedIn) and isinstance(two, LoggedIn) and isinstance(three, LoggedIn)
    store = server.bus.store

    def holds(login: LoggedIn) -> bool:
        with store.reading() as db:
            try:
                return logins.account_of(db, store.now_ms(db), login.token)[0].id == command.account_id
            except NotAllowed:
                return False

    with store.writing() as db:
        logins.log_out(db, store.now_ms(db), one.token)
    assert [holds(one), holds(two)] == [False, True]
    me = Actor("account", command.account_id)
    with refused("accounts.wrong_password"):
        run(server.bus, ChangePassword(old_password="wrong", new_password=PASSWORD), me)
    with refused("accounts.weak"):
        run(server.bus, ChangePassword(old_password=PASSWORD, new_password="weak"), me)
    assert holds(two)
    run(server.bus, ChangePassword(old_password=PASSWORD, new_password="新的口令xyz789"), me)
    assert not holds(two)
    assert code(log_in(server, "someone", PASSWORD)) == "accounts.wrong"
    four = log_in(server, "someone", "新的口令xyz789")
    assert isinstance(four, LoggedIn) and holds(four)
    server.clock.advance(hours=12)
    assert not holds(four)


@pytest.mark.rule("A-3")
def test_by_default_nobody_may(server: ServerParts, world: World, tmp_path) -> None:
    """Rights are derived: each command of the catalogue refuses who has no part in it, and changes nothing."""
    other = make_world(server.bus, number=2)
    stranger = create("stranger")
    run(server.bus, stranger)
    second = world.contact(world.project(contact=False))
    kiosk = Kiosk(tmp_path, server, world, FakeClock())
    run(server.bus, RevokeDevice(agency_id=world.agency, device_id=kiosk.id), world.office)
    known = {
        "agency_id": world.agency, "project_id": world.projects[0], "person_id": world.members[0],
        "contact_id": world.contacts[0], "device_id": kiosk.id,
    }  # fmt: skip
    actors = [
        Actor("anyone"), Actor("account", stranger.account_id), other.office, Actor("person", other.lead),
        Actor("contact", second), Actor("device", kiosk.id), Actor("contact", new_id()), Actor("account", new_id()),
    ]  # fmt: skip
    walked = 0
    for spec in all_specs():
        roles = PERMISSIONS[spec.permission]
        for actor in actors if ANYONE not in roles else ():
            if SELF in roles and spec.name == "accounts.change_password":
                continue
            with refused("not-allowed", "A-3"):
                run(server.bus, sample(spec.type, **known), actor)
            walked += 1
    assert walked > 20 * len(actors)
    with server.bus.store.reading() as db:
        said = db.execute(text("SELECT outcome, count(*) FROM audit_log GROUP BY outcome")).all()
        assert dict(said)["refused:not-allowed"] == walked


@pytest.mark.rule("A-3", "E-5")
def test_rights_end_with_the_employment(server: ServerParts, world: World) -> None:
    """Rights are derived from employment: who has gone leads nothing, whatever the project's list still says."""
    lead, project = Actor("person", world.lead), world.projects[0]
    with server.bus.store.writing() as db:
        row = db.scalars(select(Employment).where(Employment.person_id == world.lead)).one()
        row.until_ms = server.bus.store.now_ms(db)
    with refused("not-allowed"):
        run(server.bus, TerminateProject(project_id=project, reason="原因写满五个字"), lead)


@pytest.mark.rule("A-3", "P-2")
def test_a_manager_has_no_right_over_other_agencies_people(server: ServerParts, world: World) -> None:
    """A portrait decides who is taken for whom: naming one's own agency gives no right over somebody else's."""
    other = make_world(server.bus, number=2)

    def hand_in(person: str, agency: str | None, actor: Actor) -> None:
        command = SubmitPortrait(
            person_id=person, portrait_id=new_id(), agency_id=agency, image=b"i", template=b"t", engine="fake",
            consent=True,
        )  # fmt: skip
        run(server.bus, command, actor)

    for agency in (other.agency, world.agency, None):
        with refused("not-allowed"):
            hand_in(world.lead, agency, other.office)
    hand_in(world.lead, world.agency, world.office)
    hand_in(world.manager, None, world.office)
    with refused("practitioners.consent", "D-2"):
        run(server.bus, sample(SubmitPortrait, person_id=world.manager, consent=False), world.office)
    with server.bus.store.reading() as db:
        rows = db.scalars(select(Portrait).where(Portrait.person_id == world.lead)).all()
        assert sorted(row.until_ms is None for row in rows) == [False, True]


@pytest.mark.rule("E-1", "E-2", "E-3")
def test_who_may_employ_whom(server: ServerParts, world: World) -> None:
    """One active employment at a time; positions by certificate; the legal person sets the manager flag."""
    with server.bus.store.reading() as db:
        legal = Actor("person", db.get_one(Agency, world.agency).legal_person_id)

    def person(kind: str | None = "operator", **more: int) -> str:
        entries = [CertificateEntry(kind=kind, number=new_id(), **more)] if kind else []
        command = RegisterPerson(
            person_id=new_id(), agency_id=world.agency, name="新人", certificates=entries
        )
        run(server.bus, command, world.office)
        return command.person_id

    def employ(who: str, actor: Actor, position: str = "operator", *, manager: bool = False) -> None:
        command = sample(
            Employ, agency_id=world.agency, person_id=who, position=position, manager=manager,
            employment_id=new_id(),
        )  # fmt: skip
        run(server.bus, command, actor)

    with refused("employment.manager", "E-3"):
        employ(person(), world.office, manager=True)
    with refused("employment.manager", "E-3"):
        employ(person(None), world.office, "representative")
    for kind, until in ((None, None), ("operator", None), ("level_1_engineer", 1)):
        with refused("employment.position", "E-1"):
            employ(person(kind, until_ms=until) if kind else person(None), world.office, "engineer")
    employ(person(), legal, manager=True)
    employ(person("level_2_engineer"), world.office, "engineer")
    twice = person()
    answers = at_once(*[lambda: employ(twice, world.office)] * 3)
    assert sorted(code(a) if a else "employed" for a in answers) == ["employed", *["employment.second"] * 2]


@pytest.mark.rule("E-4")
def test_who_leads_cannot_leave(server: ServerParts, world: World) -> None:
    """Leaving is refused while the person is lead or technical lead of an unfinished project; it lists them."""
    with server.bus.store.reading() as db:
        jobs = dict(db.execute(select(Employment.person_id, Employment.id)).all())

    def leave(person: str) -> None:
        run(server.bus, EndEmployment(agency_id=world.agency, employment_id=jobs[person]), world.office)

    for person in (world.lead, world.technical):
        with refused("employment.busy", "E-4") as trouble:
            leave(person)
        assert [fault.sentence for fault in trouble.value.faults] == [
            "仍是项目“示例项目1”的项目负责人或技术负责人"
        ]
    leave(world.members[0])
    with refused("employment.unknown"):
        leave(world.members[0])
    run(
        server.bus,
        TerminateProject(project_id=world.projects[0], reason="合同解除了"),
        Actor("person", world.lead),
    )
    leave(world.lead)


@pytest.mark.rule("J-3", "D-2")
def test_no_project_takes_somebody_elses_people(server: ServerParts, world: World) -> None:
    """Members are active engineers or operators of the agency; templates reach only devices that need them."""
    other = make_world(server.bus, number=2)
    for people in (
        [{"person_id": other.members[0], "role": "member"}],
        [{"person_id": new_id(), "role": "member"}],
    ):
        with refused("projects.foreign", "J-3"):
            run(server.bus, sample(SetPeople, project_id=world.projects[0], people=people), world.office)
