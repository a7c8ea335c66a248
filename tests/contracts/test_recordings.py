"""Earlier programs and today's understand each other, by the very bytes that they once sent."""

import gzip
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from core.clock import from_ms
from core.db.engine import server_engine
from core.journals.reception import ServerKeys, receive
from core.wire.push import (
    BlobAnswer,
    ChangePage,
    Cursor,
    EntryVerdict,
    Head,
    PushAnswer,
    PushRequest,
    ScopesAnswer,
    TimeAnswer,
)
from server.upgrading import bring_up
from tests.factories.devices import Kiosk
from tests.factories.wire import DEVICE, DEVICE_KEYS, SERVER
from tests.fakes.clock import FakeClock
from tests.fakes.transport import FakeServer, MemoryTransport

FOLDER = Path(__file__).parents[1] / "recordings"
NAMES = sorted(path.name for path in FOLDER.iterdir() if (path / "kept.json").is_file())
JUDGED = ("fact", "visit", "feedback", "end_note")
ANSWERS: dict[str, Any] = {
    "time": TimeAnswer, "push": PushAnswer, "scopes": ScopesAnswer, "changes": ChangePage,
    "pages": list[ChangePage],
    "blob": BlobAnswer | None, "put_blob": BlobAnswer,
}  # fmt: skip


class Recording:
    """What one earlier commit has left."""

    def __init__(self, name: str) -> None:
        self.folder = FOLDER / name
        self.kept = json.loads((self.folder / "kept.json").read_text("utf-8"))
        lines = (self.folder / "conversation.jsonl").read_text("utf-8").splitlines()
        self.conversation = [json.loads(line) for line in lines]

    def said(self, what: str) -> list[dict[str, Any]]:
        """All requests of a kind with their answers, in order."""
        return [one for one in self.conversation if one["what"] == what]

    def unpack(self, name: str, target: Path) -> None:
        """A file of that time."""
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(gzip.decompress((self.folder / f"{name}.gz").read_bytes()))

    def clock(self) -> FakeClock:
        """The moment at which the recording ended, in the same boot."""
        return FakeClock(from_ms(self.kept["now_ms"]), self.kept["boot_ms"])


@pytest.fixture(params=NAMES)
def recording(request: pytest.FixtureRequest) -> Recording:
    return Recording(request.param)


def assert_understood(old: Any, new: Any, place: str = "answer") -> None:
    """Everything that the earlier program reads is still there, of the same kind; there may be more."""
    if isinstance(old, dict):
        assert isinstance(new, dict), place
        for name, value in old.items():
            assert name in new, f"{place}.{name} has gone"
            assert_understood(value, new[name], f"{place}.{name}")
    elif isinstance(old, list):
        assert isinstance(new, list), place
        for one, other in zip(old, new, strict=False):
            assert_understood(one, other, f"{place}[]")
    elif old is not None and new is not None:
        assert type(old) is type(new), f"{place}: {old!r} became {new!r}"


def assert_holds(cache: dict[str, dict[str, Any]], kiosk: Kiosk, tables: tuple[str, ...]) -> None:
    """Today's cache has every row of the earlier one, with every column that was known then."""
    with kiosk.cache.reading() as db:
        for table in tables:
            found = {row.id: dict(row._mapping) for row in db.execute(text(f"SELECT * FROM {table}"))}
            assert found.keys() == cache[table].keys(), table
            for row_id, row in cache[table].items():
                assert {name: found[row_id].get(name, "gone") for name in row} == row, f"{table} {row_id}"


def test_there_is_a_recording() -> None:
    assert NAMES


def test_every_answer_of_then_is_one_of_today(recording: Recording) -> None:
    """What an earlier server said, today's client reads without loss."""
    for one in recording.conversation:
        raw = msgspec.json.encode(one["answer"])
        read = msgspec.json.decode(raw, type=ANSWERS[one["what"]])
        assert_understood(one["answer"], json.loads(msgspec.json.encode(read)))


def test_todays_journal_sends_the_bytes_of_then(recording: Recording, tmp_path: Path) -> None:
    """A journal that an earlier client wrote is read, and every push of it is the same, signature and all."""
    recording.unpack("journal.db", tmp_path / "kiosk" / "journal.db")
    kiosk = Kiosk(tmp_path / "kiosk", DEVICE, DEVICE_KEYS, Replay(recording), recording.clock())
    kiosk.open()
    assert kiosk.journal.broken() is None
    for one in recording.said("push"):
        (then,) = one["asked"]
        first = json.loads(then["entries"][0]["bytes"])["dseq"]
        now = kiosk.journal.push_request(first - 1, limit=len(then["entries"]))
        assert now is not None
        assert json.loads(msgspec.json.encode(now)) == then
    kiosk.kill()


def test_todays_client_lives_with_the_server_of_then(recording: Recording, tmp_path: Path) -> None:
    """With the journal of then and a new cache it ends where the client of then ended."""
    recording.unpack("journal.db", tmp_path / "kiosk" / "journal.db")
    kiosk = Kiosk(tmp_path / "kiosk", DEVICE, DEVICE_KEYS, Replay(recording), recording.clock())
    kiosk.open()
    puller, pusher = kiosk.engine._puller, kiosk.engine._pusher
    for _round in recording.said("scopes"):
        puller.run(pusher.run(), pusher.stands)
    assert_holds(recording.kept["cache"], kiosk, tuple(recording.kept["cache"]))
    kiosk.kill()


def test_todays_server_judges_the_client_of_then(recording: Recording, tmp_path: Path) -> None:
    """On the database of then, upgraded, the same pushes get the same answers and the same verdicts."""
    recording.unpack("server.db", tmp_path / "server.db")
    engine = server_engine(f"sqlite:///{(tmp_path / 'server.db').as_posix()}")
    bring_up(engine, keep_copy=False)
    engine.dispose()
    server = FakeServer(tmp_path / "server.db", recording.clock())
    server.keys = ServerKeys(bytes.fromhex(recording.kept["box_secret"]), (SERVER.public,))
    for one in recording.said("push"):
        request = msgspec.json.decode(msgspec.json.encode(one["asked"][0]), type=PushRequest)
        answer = json.loads(
            msgspec.json.encode(receive(server.bus, server.keys, server.device(DEVICE), request))
        )
        assert_understood(one["answer"], answer)
        assert answer["head"] == one["answer"]["head"] and answer["fork"] is one["answer"]["fork"]
        assert answer["verdicts"] == one["answer"]["verdicts"]
    kiosk = Kiosk(tmp_path / "kiosk", DEVICE, DEVICE_KEYS, MemoryTransport(server, DEVICE), recording.clock())
    kiosk.open()
    kiosk.engine.round()
    assert_holds(recording.kept["cache"], kiosk, JUDGED)
    kiosk.kill()
    server.close()


class Replay:
    """The server of then, as far as it was recorded: another question than those of then is an error."""

    def __init__(self, recording: Recording) -> None:
        self._last = recording.said("push")[-1]["answer"]
        self._scopes = recording.said("scopes")[-1]["answer"]
        self._pages = {
            (one["asked"][0], one["asked"][1]["seq"], one["asked"][1]["rolling"]): one["answer"]
            for one in recording.said("changes")
        }

    def push(self, request: PushRequest) -> PushAnswer:
        """It has everything already."""
        ids = [json.loads(one.text)["id"] for one in request.entries]
        head = msgspec.convert(self._last["head"], Head)
        verdicts = [EntryVerdict(id=one, status="repeated") for one in ids]
        return PushAnswer(head=head, verdicts=verdicts, fork=False, audit_head=self._last["audit_head"])

    def scopes(self) -> ScopesAnswer:
        """As it said last."""
        return msgspec.convert(self._scopes, ScopesAnswer)

    def changes(self, scope: str, cursor: Cursor) -> ChangePage:
        """What it said then to the same question."""
        return msgspec.convert(self._pages[(scope, cursor.seq, cursor.rolling)], ChangePage)
