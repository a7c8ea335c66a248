"""What the desktop is promised of its server, asked of the fake and of the real adapter with a real server."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
import uvicorn
from sqlalchemy import select

from core.accounts.commands import CreateAccount
from core.accounts.models import Login
from core.contacts.commands import EndContact, InviteContact
from core.devices.codes import code_hash
from core.devices.commands import MakePairingCode
from core.errors import DomainError, NotAllowed, NotHere, Refused, Unreachable
from core.ids import new_id
from core.visits.commands import FormText, SubmitOfficeForm
from core.visits.models import VisitRow
from core.wire.signing import new_key_pair
from desktop.adapters.admission import Admission
from desktop.adapters.office import Office
from desktop.ports import ContactDetails, Me, Online
from desktop.settings import parse
from sync.device import Device, open_device
from sync.keys import DeviceSecrets
from sync.pairing import paired
from tests.factories.web import Web, ended, started
from tests.factories.world import JOB, PASSWORD, World, make_world
from tests.fakes.clock import FakeClock
from tests.fakes.office import FakeOnline

DETAILS = ContactDetails("联系人甲", "13800000000", "经理", "示例物业", "某路")
CLOSED = "http://127.0.0.1:9"
"""Where nobody listens."""


@dataclass
class Side:
    """A desktop's server, and what the test has to know about what is behind it."""

    online: Online
    me: Me
    project: str
    contact: str
    visit: str
    day: str
    real: "Real | None" = None


@dataclass
class Real:
    """The server itself, and the paired computer."""

    web: Web
    world: World
    address: str
    folder: Path
    device: Device


def in_memory(_folder: Path) -> Iterator[Side]:
    """The fake of the window's tests."""
    me = Me(new_id(), "manager1", "经理甲", new_id(), new_id())
    contact = new_id()
    online = FakeOnline(me, password=PASSWORD, contact_details={contact: DETAILS})
    yield Side(online, me, new_id(), contact, new_id(), "2026-03-01")


@contextmanager
def served(web: Web) -> Iterator[str]:
    """A server's address on this machine, while it runs."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(web.app, log_config=None, timeout_graceful_shutdown=1, ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


def admitted(folder: Path, world: World, address: str, digits: str) -> tuple[Admission, DeviceSecrets]:
    """A computer paired by its own adapter, with a code that a manager has made."""
    code = MakePairingCode(agency_id=world.agency, kind="desktop", code_hash=code_hash(digits))
    world.bus.run(code, actor=world.office, command_id=new_id())
    secrets = DeviceSecrets(new_key_pair(), b"k" * 32)
    admission = Admission(parse(["--folder", str(folder)]), secrets, "file")
    admission.pair(address, f"{digits[:4]} {digits[4:]}", "财务室电脑")
    return admission, secrets


def over_http(folder: Path) -> Iterator[Side]:
    """A real server with a day's visit and no form, and a desktop's own parts before it."""
    web = Web(folder / "server", f"sqlite:///{(folder / 'server.db').as_posix()}")
    with served(web) as address:
        world = make_world(web.state.bus)
        project, person = world.project(), world.members[0]
        [visit] = web.record(person, started(project, person))
        web.clock.advance(hours=2)
        web.record(person, ended(project, person))
        _admission, secrets = admitted(folder / "desktop", world, address, "12345678")
        pairing = paired(folder / "desktop")
        assert pairing is not None
        device = open_device(folder / "desktop", pairing, secrets, FakeClock())
        online = Office(pairing, device.transport, device.submitter)
        me = Me(world.manager_account, "manager1", "经理甲", world.manager, world.agency)
        with web.state.store.reading() as db:
            day = db.scalars(select(VisitRow.day)).one()
        real = Real(web, world, address, folder, device)
        yield Side(online, me, project, world.contacts[0], visit, day, real)
        device.close()
    web.close()


WAYS: dict[str, Callable[[Path], Iterator[Side]]] = {"memory": in_memory, "http": over_http}
HTTP = pytest.param("http", marks=pytest.mark.allow_hosts(["127.0.0.1"]))


@pytest.fixture(scope="module", params=["memory", HTTP])
def standing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Side]:
    """Both ways, one after the other; each is set up once."""
    yield from WAYS[request.param](tmp_path_factory.mktemp("office"))


@pytest.fixture
def side(standing: Side) -> Side:
    """With the manager logged in."""
    standing.online.login("manager1", PASSWORD)
    return standing


@pytest.fixture
def real(side: Side) -> Real:
    """What only a real server can answer for."""
    assert side.real is not None
    return side.real


really = pytest.mark.parametrize("standing", [HTTP], indirect=True)
"""Not for the fake: it has no tokens, no addresses and no rules."""


def refusal(work: Callable[[], object]) -> DomainError:
    with pytest.raises(DomainError) as caught:
        work()
    return caught.value


@pytest.mark.rule("A-1", "A-4")
def test_who_logs_in_is_told_who_he_is(side: Side) -> None:
    """One account works everywhere. The answer never tells whether the name exists."""
    assert side.online.login("manager1", PASSWORD) == side.me
    wrong = refusal(lambda: side.online.login("manager1", "不对的口令1a"))
    assert isinstance(wrong, Refused) and (wrong.code, wrong.rule) == ("accounts.wrong", "A-4")


def test_whether_it_is_a_demo_is_told_to_anybody(side: Side) -> None:
    side.online.logout()
    assert side.online.demo() is False


@pytest.mark.rule("A-4")
def test_after_the_logout_nothing_is_done_any_more(side: Side) -> None:
    """A login expires, can be revoked."""
    side.online.logout()
    side.online.logout()
    for work in (
        lambda: side.online.contacts(side.project),
        lambda: side.online.evidence(side.visit),
        lambda: side.online.run(EndContact(project_id="p", contact_id="c", reason="r"), new_id()),
    ):
        found = refusal(work)
        assert isinstance(found, NotAllowed) and found.code == "desktop.login"


@pytest.mark.rule("C-1")
def test_a_command_is_one_however_often_it_is_sent(side: Side) -> None:
    """The lead or a manager makes an invitation: a QR code with a single-use token."""
    wanted = InviteContact(invitation_id=new_id(), project_id=side.project, token_hash="0" * 64)
    command_id = new_id()
    first = side.online.run(wanted, command_id)
    assert side.online.run(wanted, command_id) == first and int(first["until_ms"]) > 0
    assert side.online.invitation_link("token").endswith("/token")


@pytest.mark.rule("C-2")
def test_contacts_come_by_their_ids(side: Side) -> None:
    """The lead or a manager confirms the contact."""
    assert side.online.contacts(side.project) == {side.contact: DETAILS}


@pytest.mark.rule("D-1")
def test_devices_that_were_heard_of_are_told_by_their_ids(side: Side) -> None:
    """A device belongs to one agency."""
    assert all(one.seen_ms > 0 and one.waiting >= 0 for one in side.online.heard().values())
    assert side.online.quarantine() == {}


@pytest.mark.rule("S-10")
def test_evidence_comes_for_start_and_end(side: Side) -> None:
    """Evidence by managers and supervisors."""
    found = side.online.evidence(side.visit)
    assert found.start is not None and found.end is not None


@pytest.mark.rule("F-1", "F-2")
def test_what_the_office_writes_can_be_read_again(side: Side) -> None:
    """The lead, else a manager, in the desktop. It holds problems found, remarks."""
    form_id = new_id()
    text = FormText(work="检查消火栓系统", problems=["水带老化", "指示灯不亮"], remarks="下周复查")
    form = SubmitOfficeForm(form_id=form_id, project_id=side.project, day=side.day, complete=False, text=text)
    side.online.run(form, new_id())
    found = side.online.feedback(form_id)
    assert (found.work, found.problems, found.remarks) == (
        "检查消火栓系统",
        ("水带老化", "指示灯不亮"),
        "下周复查",
    )
    assert (found.photos, found.evaluation_remarks) == ((), "")


@pytest.mark.rule("D-1")
def test_nothing_is_in_quarantine_where_nothing_was_revoked(side: Side) -> None:
    """A manager releases or refuses what is in quarantine: he sees what waits for him, and may ask for it."""
    assert side.online.quarantine() == {} and side.online.decisions() == {}


@pytest.mark.rule("A-4")
@really
def test_a_token_is_dead_at_the_server_once_one_has_logged_out(side: Side, real: Real) -> None:
    """Can be revoked."""
    assert isinstance(side.online, Office)
    token = side.online._token
    assert token is not None
    side.online.logout()
    assert refusal(lambda: real.device.transport.read("/me", token)).code == "accounts.login_over"


@pytest.mark.rule("D-1")
@really
def test_the_login_has_a_name_for_drafts_that_the_server_knows(side: Side, real: Real) -> None:
    """A desktop drafts under a session that the server issued and bound to it."""
    me = side.online.login("manager1", PASSWORD)
    with real.web.state.store.reading() as db:
        login = db.get_one(Login, me.session)
    assert (login.account_id, login.device_id) == (me.account_id, real.device.pairing.device_id)


@really
def test_an_account_of_another_agency_is_turned_away(side: Side, real: Real) -> None:
    world = real.world
    stranger = CreateAccount(account_id=new_id(), login="stranger", password=PASSWORD, person_id=None)
    world.bus.run(stranger, actor=JOB, command_id=new_id())
    assert refusal(lambda: side.online.login("stranger", PASSWORD)).code == "desktop.agency"
    assert side.online.contacts(side.project)  # who was logged in still is


@really
def test_refusals_come_with_their_sentence(side: Side, real: Real) -> None:
    blank = EndContact(project_id=side.project, contact_id=side.contact, reason=" ")
    found = refusal(lambda: side.online.run(blank, new_id()))
    assert isinstance(found, Refused) and (found.code, found.rule) == ("contacts.reason", "C-4")
    assert isinstance(refusal(lambda: side.online.evidence(new_id())), NotHere)


@really
def test_a_server_that_is_away_is_unreachable_and_no_login_is_kept(real: Real) -> None:
    pairing = real.device.pairing
    away = msgspec.structs.replace(pairing, address=CLOSED)
    device = open_device(real.folder / "away", away, DeviceSecrets(new_key_pair(), b"k" * 32), FakeClock())
    online = Office(away, device.transport, device.submitter)
    assert isinstance(refusal(lambda: online.login("manager1", PASSWORD)), Unreachable)
    online.logout()
    assert refusal(lambda: online.contacts(new_id())).code == "desktop.login"
    device.close()


@pytest.mark.rule("D-1")
@really
def test_a_computer_is_admitted_once_and_a_wrong_code_changes_nothing(real: Real) -> None:
    """Has its own key pair, is admitted by a manager."""
    folder = real.folder / "second"
    empty = Admission(parse(["--folder", str(folder)]), DeviceSecrets(new_key_pair(), b"k" * 32), "file")
    refusal(lambda: empty.pair(real.address, "0000 0000", "电脑"))
    assert not empty.paired() and empty.server() == ""
    assert not empty.demo(real.address)
    made, _secrets = admitted(folder, real.world, real.address, "87654321")
    assert made.paired() and made.server() == real.address
