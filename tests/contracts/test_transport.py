"""What every transport promises, asked of the one in memory and of the one over HTTP with a real server behind it."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn

from core.devices.codes import code_hash
from core.devices.commands import MakePairingCode
from core.errors import BadInput, DomainError, NotAllowed, Unreachable
from core.ids import new_id
from core.wire.envelope import EntryActor
from core.wire.push import Cursor
from core.wire.sealing import seal_blob
from core.wire.signing import KeyPair, anchor_is_signed, new_key_pair
from server.app import make_app
from server.settings import Settings
from sync.errors import Offline
from sync.http import HttpTransport
from sync.journal.log import Journal
from sync.journal.models import Writer
from sync.pairing import Applicant, Pairing, pair
from sync.transport import Transport
from sync.web import HttpPairingDesk
from tests.factories.wire import FILE_KEY, SERVER, SERVER_BOX
from tests.factories.world import PASSWORD, World, make_world
from tests.fakes.clock import FakeClock
from tests.fakes.transport import FakeServer, MemoryTransport

NONCE = "0123456789abcdef"


@dataclass
class Side:
    """A transport of a paired kiosk, and what the test has to know about the server behind it."""

    transport: Transport
    world: World
    journal: Journal
    server_key: bytes
    token: str | None
    """Of the manager, as this transport wants it; None if the test must log in."""


def a_journal(folder: Path, device_id: str, keys: KeyPair, box_public: bytes, clock: FakeClock) -> Journal:
    """The journal of the paired device."""
    return Journal(
        folder / "journal.db", FILE_KEY, Writer(device_id, keys.seed, keys.public, box_public), clock
    )


def in_memory(folder: Path) -> Iterator[Side]:
    """The real functions without HTTP."""
    server = FakeServer(folder / "server.db", FakeClock())
    world, keys, device_id = make_world(server.bus), new_key_pair(), new_id()
    world.project()
    server.admit(world.agency, world.office, device_id, keys.public)
    journal = a_journal(folder, device_id, keys, SERVER_BOX[1], FakeClock())
    transport = MemoryTransport(server, device_id)
    yield Side(transport, world, journal, SERVER.public, world.manager_account)
    journal.close()
    server.close()


def over_http(folder: Path) -> Iterator[Side]:
    """A real server on a free port of this machine, and a kiosk that was paired with it."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        app = make_app(Settings(data_folder=folder / "server"), clock=FakeClock())
        config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1, ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        world = make_world(app.state.zhiye.bus)
        world.project()
        keys = new_key_pair()
        paired = a_pairing(folder, world, f"http://127.0.0.1:{listening.getsockname()[1]}", keys)
        journal = a_journal(folder, paired.device_id, keys, paired.box_key, FakeClock())
        yield Side(HttpTransport(paired, keys.seed), world, journal, paired.server_key, None)
        journal.close()
        server.should_exit = True
        thread.join(10)


def a_pairing(folder: Path, world: World, address: str, keys: KeyPair) -> Pairing:
    """A manager makes a code, the kiosk trades it."""
    code = MakePairingCode(agency_id=world.agency, kind="kiosk", code_hash=code_hash("ABCD2345"))
    world.bus.run(code, actor=world.office, command_id=new_id())
    me = Applicant(kind="kiosk", name="一号机", public_key=keys.public, key_source="file")
    return pair(folder / "kiosk", HttpPairingDesk(), address, "abcd-2345", me)


WAYS = {"memory": in_memory, "http": over_http}


@pytest.fixture(
    scope="module",
    params=["memory", pytest.param("http", marks=pytest.mark.allow_hosts(["127.0.0.1"]))],
)
def side(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Side]:
    """Both ways, one after the other; each is set up once."""
    yield from WAYS[request.param](tmp_path_factory.mktemp("transport"))


def push_all(side: Side) -> None:
    """Everything that the journal has."""
    request = side.journal.push_request(0)
    assert request is not None
    side.transport.push(request)


def test_time_is_signed_for_the_nonce(side: Side) -> None:
    found = side.transport.time(NONCE)
    assert anchor_is_signed(side.server_key, NONCE, found.server_ms, found.audit_head, found.signature)


def test_a_push_is_answered_with_the_servers_head(side: Side) -> None:
    entry = side.journal.append(
        "future.thing", 1, b"{}", EntryActor(kind="device", id=new_id()), sealed=b'{"a":1}'
    )
    request = side.journal.push_request(0)
    assert request is not None
    first, again = side.transport.push(request), side.transport.push(request)
    assert first.head == again.head == side.journal.head()
    assert {one.id: one.status for one in first.verdicts}[entry.id] == "held"
    assert {one.status for one in again.verdicts} == {"repeated"}


def test_a_push_that_is_not_signed_is_not_taken(side: Side) -> None:
    request = side.journal.push_request(0)
    assert request is not None
    forged = type(request)(
        journal=request.journal, entries=request.entries, head=request.head, signature="0" * 128
    )
    with pytest.raises(NotAllowed):
        side.transport.push(forged)


def test_scopes_can_be_pulled_and_no_others(side: Side) -> None:
    answer = side.transport.scopes()
    assert f"agency:{side.world.agency}" in answer.scopes
    for scope in answer.scopes:
        page = side.transport.changes(scope, Cursor())
        assert (page.scope, page.reset) == (scope, False)
        assert page.head == answer.heads[scope]
        again = side.transport.changes(scope, page.cursor)
        assert (again.rows, again.more) == ([], False)
    with pytest.raises(NotAllowed):
        side.transport.changes(f"agency:{new_id()}", Cursor())


def test_several_scopes_come_in_one_answer(side: Side) -> None:
    answer = side.transport.scopes()
    assert answer.together
    asked = dict.fromkeys(answer.scopes, Cursor())
    pages = side.transport.pages(asked)
    assert [page.scope for page in pages] == answer.scopes[: len(pages)]
    for page in pages:
        assert page == side.transport.changes(page.scope, Cursor())
    newest = {page.scope: page.cursor for page in pages}
    assert [page.rows for page in side.transport.pages(newest)] == [[]] * len(newest)
    with pytest.raises(NotAllowed):
        side.transport.pages(asked | {f"agency:{new_id()}": Cursor()})


def test_bytes_come_as_base64_and_texts_as_they_are(side: Side) -> None:
    project = side.world.projects[0]
    page = side.transport.changes(f"faces:{project}", Cursor())
    templates = {one.row["template"] for one in page.rows if one.row and one.table == "project_face"}
    assert templates
    assert all(isinstance(one, str) for one in templates)


def test_a_cursor_of_another_history_is_reset(side: Side) -> None:
    page = side.transport.changes(f"agency:{side.world.agency}", Cursor(seq=3, rolling="f" * 64))
    assert page.reset
    assert page.cursor == Cursor()


@pytest.mark.rule("D-2")
def test_a_blob_is_what_its_hash_says(side: Side) -> None:
    """D-2: photos are sent encrypted and named by their hash; nothing else is taken under that name."""
    blob = seal_blob(b"photo")
    assert side.transport.blob(blob.digest) is None
    with pytest.raises(BadInput):
        side.transport.put_blob(blob.digest, b"another")
    put = side.transport.put_blob(blob.digest, blob.box)
    assert (put.digest, put.size, put.durable) == (blob.digest, len(blob.box), False)
    assert side.transport.blob(blob.digest) == put
    assert side.transport.put_blob(blob.digest, blob.box) == put


def test_an_online_command_runs_once_and_a_refusal_comes_back(side: Side) -> None:
    token = side.token or side.transport.log_in("manager1", PASSWORD)["token"]
    body = (
        f'{{"agency_id":"{side.world.agency}","kind":"kiosk","code_hash":"{code_hash(new_id())}"}}'.encode()
    )
    command_id = new_id()
    first = side.transport.run(command_id, "devices.code", 1, body, token)
    assert first == side.transport.run(command_id, "devices.code", 1, body, token)
    with pytest.raises(DomainError):
        side.transport.run(new_id(), "devices.code", 1, body.replace(b"kiosk", b"piano"), token)
    with pytest.raises(NotAllowed):
        side.transport.run(new_id(), "devices.code", 1, body, "")


def test_a_wrong_password_is_refused(side: Side) -> None:
    with pytest.raises(DomainError) as caught:
        side.transport.log_in("manager1", "wrong")
    assert caught.value.code == "accounts.wrong"


def test_waiting_ends_when_the_sequence_is_another(side: Side) -> None:
    push_all(side)
    assert side.transport.wait(0) > 0


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_server_that_is_not_there_is_offline(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    known = Pairing(
        address=address,
        kind="kiosk",
        name="一号机",
        device_id=new_id(),
        agency_id=new_id(),
        sign_public="a" * 64,
        box_public="b" * 64,
    )
    with pytest.raises(Offline) as caught:
        HttpTransport(known, new_key_pair().seed).scopes()
    assert isinstance(caught.value, Unreachable)
    me = Applicant(kind="kiosk", name="一号机", public_key=bytes(32), key_source="file")
    with pytest.raises(Offline):
        pair(tmp_path, HttpPairingDesk(), address, "ABCD2345", me)
