"""Push, pull, blobs and waiting over HTTP."""

import hashlib
import threading
import time
from pathlib import Path

import msgspec
import pytest

import core.command
from core.command import CommandSpec
from core.contacts.commands import InviteContact
from core.ids import new_id
from core.visits.commands import VisitStarted
from core.visits.models import VisitRow
from core.wire.chain import Head
from core.wire.envelope import Entry, EntryActor, Moment, entry_hash, genesis, write
from core.wire.push import PushAnswer, PushRequest, WireEntry
from core.wire.signing import sign_head
from tests.factories.web import Paired, Web, started
from tests.factories.world import World, make_world, run


def push_of(
    kiosk: Paired, journal: str, command: str, body: bytes, person: str, *, boot_ms: int = 1000
) -> PushRequest:
    """A journal's first entry, signed."""
    entry = Entry(
        v=1, id=new_id(), journal=journal, dseq=1, prev=genesis(journal, kiosk.keys.public), device=kiosk.id,
        actor=EntryActor(kind="person", id=person), session=None, command=command, version=1,
        body=msgspec.Raw(body), sealed=None, time=Moment(wall_ms=1, boot_id="boot", boot_ms=boot_ms),
    )  # fmt: skip
    raw = write(entry)
    digest = entry_hash(raw)
    signature = sign_head(kiosk.keys.seed, journal, 1, digest)
    head = Head(dseq=1, hash=digest)
    return PushRequest(
        journal=journal, entries=[WireEntry(text=raw.decode())], head=head, signature=signature
    )


def test_a_push_is_answered_with_the_servers_head(web: Web, world: World, kiosk: Paired) -> None:
    project, journal = world.project(), new_id()
    body = msgspec.json.encode(started(project, world.members[0]))
    request = push_of(kiosk, journal, "visits.start", body, world.members[0])
    url = f"/api/v1/journals/{journal}/entries"
    answers = [
        web.client.post(url, content=msgspec.json.encode(request), headers=kiosk.headers) for _ in range(2)
    ]
    first, second = (msgspec.json.decode(answer.content, type=PushAnswer) for answer in answers)
    assert first.head == second.head == request.head
    assert [verdict.status for verdict in second.verdicts] == ["repeated"]
    elsewhere = web.client.post(
        f"/api/v1/journals/{new_id()}/entries", content=msgspec.json.encode(request), headers=kiosk.headers
    )
    assert elsewhere.json()["code"] == "push.journal"
    odd = web.client.post(url, content=b'{"journal": 7}', headers=kiosk.headers)
    assert (odd.status_code, odd.json()["code"]) == (422, "body")


@pytest.mark.parametrize("dseq", [-1, 2**53, 2**70, 0.5, "1", None])
def test_a_head_that_no_journal_can_have_is_bad_input(
    web: Web, world: World, kiosk: Paired, dseq: object
) -> None:
    """A number that no column and no reader of JSON can hold is the sender's fault, not the server's."""
    journal = new_id()
    request = msgspec.to_builtins(push_of(kiosk, journal, "visits.start", b"{}", world.members[0]))
    request["head"]["dseq"] = dseq
    url = f"/api/v1/journals/{journal}/entries"
    answer = web.client.post(url, content=msgspec.json.encode(request), headers=kiosk.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "body")


def test_a_server_that_was_upgraded_carries_out_what_it_had_held(
    tmp_path: Path, web: Web, world: World, kiosk: Paired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry of a newer program waits, and is carried out when its server starts and knows it."""
    project, journal, person = world.project(), new_id(), world.members[0]
    request = push_of(
        kiosk, journal, "visits.begun", msgspec.json.encode(started(project, person)), person
    )  # fmt: skip
    answer = web.client.post(
        f"/api/v1/journals/{journal}/entries", content=msgspec.json.encode(request), headers=kiosk.headers
    )
    [told] = msgspec.json.decode(answer.content, type=PushAnswer).verdicts
    assert told.status == "held"
    spec = CommandSpec("visits.begun", 1, "开始执业", "visit.attend", "visits", "fact", VisitStarted)
    monkeypatch.setitem(core.command._SPECS, ("visits.begun", 1), spec)
    again = Web(tmp_path / "data", web.settings.database_url or "")
    with again.state.store.reading() as db:
        assert db.get(VisitRow, told.id) is not None
    again.close()


def test_a_device_pulls_the_scopes_of_its_agency_and_no_others(web: Web, world: World, kiosk: Paired) -> None:
    project = world.project()
    scopes = web.client.get("/api/v1/scopes", headers=kiosk.headers).json()["scopes"]
    assert f"project:{project}" in scopes
    page = web.client.get(
        "/api/v1/changes", params={"scope": f"project:{project}"}, headers=kiosk.headers
    ).json()
    assert {row["table"] for row in page["rows"]} >= {"contact", "project_member", "project_place"}
    cursor = {"scope": f"project:{project}", **page["cursor"]}
    after = web.client.get("/api/v1/changes", params=cursor, headers=kiosk.headers).json()
    assert (after["rows"], after["cursor"]) == ([], page["cursor"])
    other = web.client.get("/api/v1/changes", params={"scope": f"project:{new_id()}"}, headers=kiosk.headers)
    assert (other.status_code, other.json()["code"]) == (403, "changes.scope")


def test_blobs_are_what_their_names_say(
    web: Web, world: World, office: dict[str, str], kiosk: Paired
) -> None:
    content = b"a photo that nobody can read" * 1000
    url = f"/api/v1/blobs/{hashlib.sha256(content).hexdigest()}"
    assert web.client.head(url, headers=kiosk.headers).status_code == 404
    wrong = web.client.put(url, content=content[:-1], headers=kiosk.headers)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "blobs.hash")
    for _ in range(2):
        kept = web.client.put(url, content=content, headers=kiosk.headers)
        assert kept.json() == {"digest": url[-64:], "size": len(content), "durable": False}
    assert web.client.get(url, headers=kiosk.headers).content == content
    head = web.client.head(url, headers=kiosk.headers)
    assert (head.headers["content-length"], head.headers["x-durable"]) == (str(len(content)), "no")
    big = web.client.put(url[:-1] + "0", content=b"x" * (16 * 1024 * 1024 + 1), headers=kiosk.headers)
    assert big.json()["code"] == "blobs.size"
    assert web.client.put("/api/v1/blobs/..%2F..%2Fetc", content=b"", headers=kiosk.headers).status_code in (
        404,
        422,
    )
    assert [path for path in web.settings.blobs.rglob("*") if path.is_file()] == [
        web.settings.blobs / url[-64:][:2] / url[-64:]
    ]


@pytest.mark.rule("D-2")
def test_naming_a_blob_does_not_give_it(
    web: Web, world: World, office: dict[str, str], kiosk: Paired
) -> None:
    """Personal data is encrypted at rest: and another agency's stays with it, whoever knows its hash."""
    content = b"a photo of the first agency" * 100
    url = f"/api/v1/blobs/{hashlib.sha256(content).hexdigest()}"
    assert web.client.put(url, content=content, headers=kiosk.headers).status_code == 200
    other = make_world(web.state.bus, number=2)
    stranger = web.device(web.login("manager2"), other.agency).headers
    assert web.client.get(url, headers=stranger).status_code == 404
    named = web.client.put(url, content=b"", headers=stranger)
    assert (named.status_code, named.json()["code"]) == (422, "blobs.hash")
    assert web.client.get(url, headers=stranger).status_code == 404
    assert web.client.put(url, content=content, headers=stranger).status_code == 200
    for headers in (stranger, kiosk.headers):
        assert web.client.get(url, headers=headers).content == content


def test_waiting_ends_as_soon_as_something_changes(web: Web, world: World, office: dict[str, str]) -> None:
    project = world.project()
    with web.client:
        seq = web.client.get("/api/v1/health").json()["seq"]
        still = web.client.get("/api/v1/wait", params={"seq": seq, "seconds": 0.1}, headers=office)
        assert still.json() == {"seq": seq}
        answers: list[int] = []

        def wait() -> None:
            answers.append(web.client.get("/api/v1/wait", params={"seq": seq}, headers=office).json()["seq"])

        waiters = [threading.Thread(target=wait) for _ in range(12)]
        begun = time.monotonic()
        for waiter in waiters:
            waiter.start()
        time.sleep(0.5)
        assert answers == []
        run(
            web.state.bus,
            InviteContact(invitation_id=new_id(), project_id=project, token_hash="b" * 64),
            world.office,
        )
        for waiter in waiters:
            waiter.join(10)
        assert answers == [seq + 1] * 12
        assert time.monotonic() - begun < 5


@pytest.mark.parametrize("seq", [0, 10_000])
def test_a_sequence_that_is_not_the_servers_answers_at_once(
    web: Web, world: World, office: dict[str, str], seq: int
) -> None:
    """Also a greater one: the server was restored from a backup, and who waits has to find out."""
    with web.client:
        begun = time.monotonic()
        web.client.get("/api/v1/wait", params={"seq": seq}, headers=office)
        assert time.monotonic() - begun < 2
