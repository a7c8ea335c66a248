"""A paired kiosk's journal against a server's reception, without a network between them."""

from pathlib import Path
from typing import Literal

import msgspec
from sqlalchemy import select

from core.command import Command, spec_of
from core.devices.codes import code_hash
from core.devices.commands import MakePairingCode, PairDevice
from core.devices.models import Device
from core.ids import new_id
from core.journals.reception import receive
from core.wire.codec import encode_command
from core.wire.envelope import EntryActor
from core.wire.push import PushAnswer, TimeAnswer
from core.wire.signing import KeyPair, new_key_pair, sign_anchor
from sync.journal.log import Journal
from sync.journal.models import Stored, Writer
from tests.factories.server import ServerParts
from tests.factories.world import World, run
from tests.fakes.clock import FakeClock

KEY = b"f" * 32
Kind = Literal["kiosk", "desktop"]


class Kiosk:
    """A device with its own clock; pushes straight into the server's reception."""

    def __init__(
        self, folder: Path, server: ServerParts, world: World, clock: FakeClock, kind: Kind = "kiosk"
    ) -> None:
        self.server, self.clock = server, clock
        self.keys: KeyPair = new_key_pair()
        self.id = new_id()
        code = new_id()
        run(
            server.bus,
            MakePairingCode(agency_id=world.agency, kind=kind, code_hash=code_hash(code)),
            world.office,
        )
        pair = PairDevice(
            code=code,
            device_id=self.id,
            name="平板",
            kind=kind,
            public_key=self.keys.public.hex(),
            key_source="file",
        )
        run(server.bus, pair)
        writer = Writer(self.id, self.keys.seed, self.keys.public, server.box_public)
        self.journal = Journal(folder / f"{self.id}.db", KEY, writer, clock)
        self.position = 0

    def anchor(self) -> None:
        """Asks the server for its signed time and writes it down."""
        nonce, head = "n" * 20, "0" * 64
        asked = self.journal.moment()
        server_ms = self.server.clock.true_ms
        signature = sign_anchor(self.server.signing.seed, nonce, server_ms, head)
        answer = TimeAnswer(nonce=nonce, server_ms=server_ms, audit_head=head, signature=signature)
        self.journal.append_anchor(answer, nonce, asked, self.server.signing.public)

    def write(self, command: Command, person: str, sealed: dict | None = None) -> Stored:
        """Writes a fact down."""
        spec = spec_of(type(command))
        plain = msgspec.json.encode(sealed) if sealed is not None else None
        actor = EntryActor(kind="person", id=person)
        return self.journal.append(spec.name, spec.version, encode_command(command), actor, sealed=plain)

    def push(self, limit: int = 500) -> PushAnswer | None:
        """One push; the position is the server's head."""
        request = self.journal.push_request(self.position, limit)
        if request is None:
            return None
        with self.server.bus.store.reading() as db:
            device = db.scalars(select(Device).where(Device.id == self.id)).one()
        answer = receive(self.server.bus, self.server.keys, device, request)
        self.position = answer.head.dseq
        return answer
