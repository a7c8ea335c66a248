"""Records what today's client and today's server say to each other: ``python -m tests.recordings.make NAME``.

Run it in a checkout of the commit that is to be remembered, and keep the folder in every later one.
"""

import gzip
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import text

from core.clock import day_of
from core.context import Actor
from core.errors import DomainError
from core.ids import new_id
from core.projects.commands import MemberEntry, SetPeople
from core.visits.commands import AttemptFailed
from core.wire.envelope import EntryActor
from core.wire.sealing import seal_blob
from tests.factories.devices import Kiosk
from tests.factories.wire import DEVICE, DEVICE_KEYS, SERVER_BOX
from tests.factories.world import World, make_world
from tests.fakes.clock import FakeClock
from tests.fakes.transport import FakeServer, MemoryTransport

FOLDER = Path(__file__).parent
TABLES = ("fact", "visit", "feedback", "end_note", "project", "project_member", "project_place", "employment")


class Recorder(MemoryTransport):
    """Writes every request and its answer down as they stand on the wire; a question is its method and arguments."""

    def __init__(self, server: FakeServer, device_id: str) -> None:
        super().__init__(server, device_id)
        self.heard: list[dict[str, Any]] = []
        self.asked: list[Any] = []

    def push(self, request: Any) -> Any:
        """Remembers the request."""
        self.asked = [request]
        return super().push(request)

    def changes(self, scope: str, cursor: Any) -> Any:
        """Remembers scope and cursor."""
        self.asked = [scope, cursor]
        return super().changes(scope, cursor)

    def pages(self, asked: Any) -> Any:
        """Remembers scopes and cursors."""
        self.asked = [asked]
        return super().pages(asked)

    def _ask(self, what: str, answer: Callable[[], Any], kind: Any) -> Any:
        found = super()._ask(what, answer, kind)
        asked = json.loads(msgspec.json.encode(self.asked))
        self.heard.append({"what": what, "asked": asked, "answer": json.loads(msgspec.json.encode(found))})
        self.asked = []
        return found


def main(name: str) -> None:
    """Plays a day at a site and keeps it."""
    folder, work = FOLDER / name, Path(tempfile.mkdtemp())
    folder.mkdir()
    server = FakeServer(work / "server.db", FakeClock())
    world = make_world(server.bus, members=3)
    world.project()
    world.project()
    server.admit(world.agency, world.office, DEVICE, DEVICE_KEYS.public)
    server.close()
    _pack(work / "server.db", folder / "server.db.gz")
    server.open()
    recorder = Recorder(server, DEVICE)
    kiosk = Kiosk(work / "kiosk", DEVICE, DEVICE_KEYS, recorder, server.clock)
    kiosk.open()
    _play(kiosk, server, world)
    rows = {table: _rows(kiosk, table) for table in TABLES}
    kiosk.kill()
    server.close()
    _pack(work / "kiosk" / "journal.db", folder / "journal.db.gz")
    lines = [json.dumps(one, ensure_ascii=False) for one in recorder.heard]
    (folder / "conversation.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    kept = {
        "box_secret": SERVER_BOX[0].hex(),
        "now_ms": server.clock.true_ms,
        "boot_ms": server.clock.boot().ms,
    }
    kept |= {"cache": rows, "box_public": SERVER_BOX[1].hex()}
    (folder / "kept.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")
    shutil.rmtree(work)


def _play(kiosk: Kiosk, server: FakeServer, world: World) -> None:
    """A day with everything in it that a journal can hold: good and bad, known and unknown, sealed and with a photo."""
    one, other, third = world.members
    clock = server.clock
    kiosk.engine.round()
    kiosk.start(world.projects[0], one, blobs=[seal_blob(b"a photo").box])
    clock.advance(minutes=20)
    kiosk.start(world.projects[1], other)
    clock.move_wall(7_200_000)
    clock.advance(hours=3)
    kiosk.end(world.projects[0], one)
    kiosk.form(world.projects[0], one, day_of(clock.now()).isoformat())
    failed = AttemptFailed(project_id=world.projects[1], action="start", reason="face.unknown")
    kiosk.submitter.submit(failed, Actor("device", DEVICE))
    kiosk.journal.append("future.thing", 1, b'{"news":[1,2.5,null]}', EntryActor(kind="device", id=DEVICE))
    kiosk.journal.append("visits.start", 1, b'{"nonsense":true}', EntryActor(kind="person", id=third))
    kiosk.restart()
    kiosk.engine.round()
    people = [
        MemberEntry(person_id=world.lead, role="lead"),
        MemberEntry(person_id=world.technical, role="technical_lead"),
    ]
    people += [MemberEntry(person_id=person, role="member") for person in (one, other)]
    server.bus.run(
        SetPeople(project_id=world.projects[0], people=people), actor=world.office, command_id=new_id()
    )
    clock.advance(hours=1)
    try:
        kiosk.end(world.projects[1], other)
    except DomainError as error:
        raise RuntimeError(error.sentence) from error
    kiosk.engine.round()


def _rows(kiosk: Kiosk, table: str) -> dict[str, dict[str, Any]]:
    with kiosk.cache.reading() as db:
        found = db.execute(text(f"SELECT * FROM {table}"))
        return {row.id: dict(row._mapping) for row in found}


def _pack(source: Path, target: Path) -> None:
    with source.open("rb") as raw, gzip.GzipFile(target, "wb", mtime=0) as packed:
        shutil.copyfileobj(raw, packed)


if __name__ == "__main__":
    main(sys.argv[1])
