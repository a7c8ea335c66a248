"""The journal: appending, heads, anchors, pushing, forks."""

from pathlib import Path

import msgspec
import pytest

from core.errors import BadInput
from core.ids import new_id
from core.wire.anchors import evidence_of
from core.wire.envelope import content_hash, entry_hash, genesis, write
from core.wire.push import Head
from core.wire.sealing import Sealed, unseal
from core.wire.signing import head_is_signed, new_key_pair
from core.wire.timeline import settle
from sync.errors import WrongKey
from sync.journal.file import File
from sync.journal.log import Journal
from tests.factories.wire import DEVICE_KEYS, FILE_KEY, PERSON, SERVER, SERVER_BOX, Desk, writer


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "journal.db")


def test_a_journal_opens_with_its_boot(desk: Desk) -> None:
    journal = desk.open()
    assert [one.entry.command for one in journal.after(0)] == ["time.opened"]
    journal.close()
    assert desk.open().head().dseq == 1
    desk.clock.reboot()
    assert desk.open().head().dseq == 2


@pytest.mark.rule("D-1")
def test_a_journal_is_its_devices_under_whatever_key(desk: Desk) -> None:
    """A device has its own key pair: a rotated one goes on, another device's is refused."""
    desk.open().close()
    keys = new_key_pair()
    for _twice in range(2):
        journal = Journal(desk.path, FILE_KEY, writer(keys=keys), desk.clock)
        journal.append("visits.start", 1, b"{}", PERSON)
        assert journal.broken() is None
        journal.close()
        keys = new_key_pair()
    with pytest.raises(WrongKey, match="journal-device"):
        Journal(desk.path, FILE_KEY, writer(device_id=new_id()), desk.clock)


def test_an_entry_comes_back_as_it_was_written(desk: Desk) -> None:
    journal = desk.open()
    session = new_id()
    made = journal.append("visits.start", 2, b'{"project_id": "p", "n": 1.50}', PERSON, session=session)
    assert bytes(made.entry.body) == b'{"project_id": "p", "n": 1.50}'
    assert (made.entry.command, made.entry.version, made.entry.session) == ("visits.start", 2, session)
    assert journal.find(made.id) == journal.at(2)
    assert journal.head() == Head(dseq=2, hash=made.hash)


@pytest.mark.rule("D-2")
def test_the_device_cannot_read_what_it_sealed(desk: Desk) -> None:
    """Personal data is sealed to the server's key; the entry names the box by its hash."""
    made = desk.open().append("visits.start", 1, b"{}", PERSON, sealed=b'{"remark":"x"}')
    assert made.box is not None
    assert made.key is not None
    assert made.entry.sealed is not None
    assert unseal(Sealed(made.entry.sealed, made.box, made.key), SERVER_BOX[0]) == b'{"remark":"x"}'


def test_a_push_is_signed_over_its_last_entry(desk: Desk) -> None:
    journal = desk.open()
    for _ in range(5):
        journal.append("visits.start", 1, b"{}", PERSON)
    request = journal.push_request(2, 3)
    assert request is not None
    assert request.head.dseq == 5
    assert [msgspec.json.decode(one.text)["dseq"] for one in request.entries] == [3, 4, 5]
    head = request.head
    assert head_is_signed(DEVICE_KEYS.public, request.journal, head.dseq, head.hash, request.signature)
    assert not head_is_signed(
        DEVICE_KEYS.public, request.journal, head.dseq + 1, head.hash, request.signature
    )
    assert journal.push_request(6) is None


def test_a_push_is_small_enough_for_a_slow_line(desk: Desk) -> None:
    """A backlog goes in portions of about 448 KB; one entry always goes, however large."""
    journal = desk.open()
    for _ in range(10):
        journal.append("visits.start", 1, b'{"a":"' + b"1" * 60_000 + b'"}', PERSON)
    journal.append("visits.start", 1, b"{}", PERSON, sealed=b'"' + b"x" * 400_000 + b'"')
    after, numbers = 0, []
    while request := journal.push_request(after):
        assert sum(len(one.text) for one in request.entries) <= 448 * 1024
        numbers.append(len(request.entries))
        after += numbers[-1]
        assert request.head.dseq == after
    assert numbers == [8, 3, 1]
    assert after == journal.head().dseq


@pytest.mark.rule("S-11")
def test_an_anchor_proves_the_boot(desk: Desk) -> None:
    """*Proven*: same boot as an anchor."""
    journal = desk.open()
    desk.clock.move_wall(-7_200_000)
    made = journal.append("visits.start", 1, b"{}", PERSON)
    true = desk.clock.true_ms
    desk.clock.advance(minutes=5)
    desk.anchor(journal)
    evidence = [evidence_of(one.entry, (SERVER.public,)) for one in journal.after(0)]
    assert settle(evidence)[made.dseq - 1][:2] == (true, "proven")
    unknown = [evidence_of(one.entry, (DEVICE_KEYS.public,)) for one in journal.after(0)]
    assert {one.proof for one in settle(unknown)} == {"unproven"}


@pytest.mark.rule("S-11")
def test_a_slow_stale_or_unsigned_answer_is_no_anchor(desk: Desk) -> None:
    """An answer that was held back would make times too early: a clock moved by hand gains nobody time."""
    journal = desk.open()
    asked = journal.moment()
    answer = desk.answer("n")
    with pytest.raises(BadInput, match="anchor-signature"):
        journal.append_anchor(answer, "other", asked, SERVER.public)
    with pytest.raises(BadInput, match="anchor-signature"):
        journal.append_anchor(answer, "n", asked, DEVICE_KEYS.public)
    with pytest.raises(BadInput, match="anchor-slow"):
        journal.append_anchor(answer, "n", msgspec.structs.replace(asked, boot_id="other"), SERVER.public)
    desk.clock.advance(seconds=11)
    with pytest.raises(BadInput, match="anchor-slow"):
        journal.append_anchor(answer, "n", asked, SERVER.public)
    assert journal.head().dseq == 1


def test_rehoming_keeps_ids_content_evidence_and_numbers(desk: Desk) -> None:
    journal = desk.open()
    desk.anchor(journal)
    journal.append("visits.start", 1, b'{"x": 1}', PERSON, sealed=b'{"y":2}')
    before, old = journal.after(0), journal.id
    fresh = journal.rehome()
    after = journal.after(0)
    assert fresh != old
    assert journal.id == fresh
    assert [one.id for one in after] == [one.id for one in before]
    assert [content_hash(one.entry) for one in after] == [content_hash(one.entry) for one in before]
    assert [(one.box, one.key) for one in after] == [(one.box, one.key) for one in before]
    assert {one.hash for one in after}.isdisjoint(one.hash for one in before)
    assert journal.broken() is None
    keys = (SERVER.public,)
    assert [evidence_of(one.entry, keys) for one in after] == [evidence_of(one.entry, keys) for one in before]
    assert journal.append("visits.end", 1, b"{}", PERSON).dseq == 4
    journal.close()
    assert desk.open().id == fresh


def test_a_journal_knows_which_heads_are_its_own(desk: Desk) -> None:
    journal = desk.open()
    empty = Head(dseq=0, hash=genesis(journal.id, DEVICE_KEYS.public))
    made = journal.append("visits.start", 1, b"{}", PERSON)
    assert journal.holds(empty)
    assert journal.holds(Head(dseq=2, hash=made.hash))
    assert not journal.holds(Head(dseq=1, hash=made.hash))
    assert not journal.holds(Head(dseq=3, hash=made.hash))
    assert not journal.holds(Head(dseq=0, hash=made.hash))


def test_ids_grow_with_the_journal_even_if_the_last_came_from_the_future(desk: Desk) -> None:
    journal = desk.open()
    head = journal.head()
    future = "ffff0000-0000-7000-8000-0000000000ff"
    first = journal.at(1)
    assert first is not None
    raw = write(msgspec.structs.replace(first.entry, id=future, dseq=2, prev=head.hash))
    file = File(desk.path, FILE_KEY)
    file.rows("INSERT INTO entry VALUES (1, 2, ?, ?, ?)", future, raw, entry_hash(raw))
    made = [journal.append("visits.start", 1, b"{}", PERSON).id for _ in range(20)]
    assert [future, *made] == sorted({future, *made})
    assert journal.broken() is None


def test_two_connections_write_one_chain(desk: Desk) -> None:
    one, two = desk.open(), desk.open()
    for _ in range(5):
        one.append("visits.start", 1, b"{}", PERSON)
        two.append("visits.end", 1, b"{}", PERSON)
    assert one.broken() is None
    assert one.head() == two.head() == Head(dseq=11, hash=two.head().hash)


def test_a_command_that_cannot_be_written_leaves_nothing_behind(desk: Desk) -> None:
    journal = desk.open()
    for name, body in (
        ("Bad Name", b"{}"),
        ("visits.start", b"[]"),
        ("visits.start", b'{"a":' + b"1" * 70_000 + b"}"),
    ):
        with pytest.raises(BadInput):
            journal.append(name, 1, body, PERSON, sealed=b"{}")
    assert journal.head().dseq == 1
