"""A server without HTTP, and the way to it: real reception and pull on a real store, over a network that may lose."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

import core.catalogue  # noqa: F401
from core.attachments.folder_store import FolderStore
from core.audit.recorder import head as audit_head
from core.bus import Bus
from core.clock import ms_of
from core.command import lookup
from core.context import ANYONE, Actor
from core.db.changes import head as commit_head
from core.db.engine import server_engine
from core.db.store import Store
from core.db.vault import Vault
from core.devices.codes import code_hash
from core.devices.commands import MakePairingCode, PairDevice
from core.devices.models import Device
from core.errors import BadInput, NotAllowed, Refused
from core.ids import new_id
from core.journals import pull, quarantine
from core.journals.reception import ServerKeys, receive
from core.wire.codec import Held, decode_command
from core.wire.push import (
    BlobAnswer,
    ChangePage,
    Cursor,
    LeaveAnswer,
    LeaveRequest,
    PushAnswer,
    PushRequest,
    ScopesAnswer,
    TimeAnswer,
)
from core.wire.signing import KeyPair, sign_anchor
from sync.errors import Offline
from tests.factories.wire import SERVER, SERVER_BOX
from tests.factories.world import SITE
from tests.fakes.clock import FakeClock

Fault = Literal["none", "lose request", "lose answer", "twice"]
T = TypeVar("T")
M = TypeVar("M")


class Killed(BaseException):
    """The client's process ends here; nothing catches it but the test."""


@dataclass
class FakeServer:
    """A server's state — database file and blobs — and its keys; can be copied, restored and exchanged."""

    path: Path
    clock: FakeClock
    page: int = pull.PAGE
    signing: KeyPair = SERVER
    blobs: dict[str, bytes] = field(default_factory=dict)
    durable: dict[str, bytes] = field(default_factory=dict)
    pushes: list[tuple[str, PushRequest]] = field(default_factory=list)
    """Every push that ever left a device: a network may bring it again, much later."""
    backed_up: bool = True
    """Whether all that was committed is in two generations of backup, too."""
    older: bool = False
    """Speaks as before the heads of scopes were told, and several scopes in one answer."""

    def __post_init__(self) -> None:
        self.vault = Vault(bytes(32))
        self.keys = ServerKeys(SERVER_BOX[0], (SERVER.public,))
        self.open()

    def open(self) -> None:
        """Opens the database, with its tables."""
        self.store = Store(server_engine(f"sqlite:///{self.path.as_posix()}"), self.clock)
        self.store.create_tables()
        self.bus = Bus(self.store, vault=self.vault)

    def close(self) -> None:
        """Closes the database; its next use opens it again."""
        self.store.close()

    def copy_to(self, path: Path) -> None:
        """A backup."""
        self.close()
        shutil.copyfile(self.path, path)

    def restore(self, path: Path) -> None:
        """Goes back to a backup: what came since is gone, but for durable blobs."""
        self.close()
        shutil.copyfile(path, self.path)
        self.blobs = dict(self.durable)

    def take_in(self, digest: str, box: bytes) -> None:
        """Keeps a blob as the real store does: if it is what its name says."""
        store = FolderStore(self.path.parent / "blobs")
        intake = store.intake(digest)
        try:
            intake.write(box)
            intake.keep()
        finally:
            intake.drop()
        with store.open(digest) as file:
            self.blobs[digest] = file.read()

    def admit(
        self,
        agency_id: str,
        manager: Actor,
        device_id: str,
        public: bytes,
        kind: Literal["kiosk", "desktop"] = "kiosk",
    ) -> None:
        """Pairs a device by a code; a kiosk as one that is fixed at the site."""
        code = MakePairingCode(agency_id=agency_id, kind=kind, code_hash=code_hash(device_id))
        self.bus.run(code, actor=manager, command_id=new_id())
        pair = PairDevice(
            code=device_id,
            device_id=device_id,
            name="一号机",
            kind=kind,
            public_key=public.hex(),
            key_source="file",
            fixed_lat=SITE[0] if kind == "kiosk" else None,
            fixed_lon=SITE[1] if kind == "kiosk" else None,
        )
        self.bus.run(pair, actor=ANYONE, command_id=new_id())

    def device(self, device_id: str, *, leaving: bool = False) -> Device:
        """The admitted device, or also a revoked one that brings what it still has (D-1)."""
        with self.store.reading() as db:
            row = db.get(Device, device_id)
        if row is None:
            raise NotAllowed("devices.session", "设备身份验证未通过", rule="D-1")
        if row.revoked_ms is not None and not leaving:
            raise NotAllowed("devices.revoked", "本设备已停用", rule="D-1")
        return row


class MemoryTransport:
    """A device's way to a ``FakeServer``; everything goes through JSON, as on the wire.

    ``faults`` says what befalls each following request; when it is used up nothing does. ``watch`` is called at
    every request before and after it is carried out, and may kill the client there.
    """

    def __init__(self, server: FakeServer, device_id: str) -> None:
        self.server, self._device_id = server, device_id
        self.down = False
        self.faults: Iterator[Fault] = iter(())
        self.watch: Callable[[str], None] = lambda _what: None

    def time(self, nonce: str) -> TimeAnswer:
        """The server's signed time."""

        def answer() -> TimeAnswer:
            self.server.device(self._device_id, leaving=True)
            with self.server.store.reading() as db:
                now, head = ms_of(self.server.clock.now()), audit_head(db)[1]
            signed = sign_anchor(self.server.signing.seed, nonce, now, head)
            return TimeAnswer(nonce=nonce, server_ms=now, audit_head=head, signature=signed)

        return self._ask("time", answer, TimeAnswer)

    def push(self, request: PushRequest) -> PushAnswer:
        """Hands entries to the real reception."""
        sent = _over(request, PushRequest)
        self.server.pushes.append((self._device_id, sent))

        def answer() -> PushAnswer:
            device = self.server.device(self._device_id, leaving=True)
            return receive(self.server.bus, self.server.keys, device, sent)

        return self._ask("push", answer, PushAnswer)

    def scopes(self) -> ScopesAnswer:
        """What the device may pull, and where it stands; an older server does not say the latter."""

        def answer() -> ScopesAnswer:
            device = self.server.device(self._device_id)
            with self.server.store.reading() as db:
                found = pull.scopes_of(db, device, self.server.store.now_ms(db))
                if self.server.older:
                    return ScopesAnswer(scopes=found)
                return ScopesAnswer(scopes=found, heads=pull.heads_of(db, found), together=True)

        return self._ask("scopes", answer, ScopesAnswer)

    def changes(self, scope: str, cursor: Cursor) -> ChangePage:
        """A page of the real pull."""
        return self._ask("changes", lambda: self._pages({scope: cursor})[0], ChangePage)

    def pages(self, asked: Mapping[str, Cursor]) -> list[ChangePage]:
        """Pages of several scopes by the real pull."""
        return self._ask("pages", lambda: self._pages(asked), list[ChangePage])

    def _pages(self, asked: Mapping[str, Cursor]) -> list[ChangePage]:
        device, server = self.server.device(self._device_id), self.server
        with server.store.reading() as db:
            pull.require_scopes(db, device, asked, server.store.now_ms(db))
            found = pull.pages(db, server.vault, asked, server.page, 2 * server.page)
        return [msgspec.structs.replace(page, head=None) for page in found] if server.older else found

    def blob(self, digest: str) -> BlobAnswer | None:
        """What the server holds of a blob."""
        return self._ask("blob", lambda: self._blob(digest), BlobAnswer | None)

    def put_blob(self, digest: str, box: bytes) -> BlobAnswer:
        """Takes a blob in, if it is what its hash says."""

        def answer() -> BlobAnswer:
            self.server.device(self._device_id, leaving=True)
            self.server.take_in(digest, box)
            return self._blob(digest) or BlobAnswer(digest=digest, size=0, durable=False)

        return self._ask("put_blob", answer, BlobAnswer)

    def leave(self, request: LeaveRequest) -> LeaveAnswer:
        """Asks the real quarantine."""
        sent = _over(request, LeaveRequest)

        def answer() -> LeaveAnswer:
            device, now = self.server.device(self._device_id, leaving=True), ms_of(self.server.clock.now())
            with self.server.store.writing() as db:
                since = quarantine.has_left(db, now, device, sent.journal, sent.head)
            return LeaveAnswer(complete=since is not None and self.server.backed_up)

        return self._ask("leave", answer, LeaveAnswer)

    def run(self, command_id: str, name: str, version: int, body: bytes, token: str) -> dict[str, Any]:
        """Runs an online command; the fake takes an account's id for its token."""

        def answer() -> dict[str, Any]:
            if not token:
                raise NotAllowed("accounts.login_over", "登录已过期", rule="A-4")
            command = decode_command(lookup, name, version, body)
            if isinstance(command, Held):
                raise BadInput("commands.unknown", "服务器不认识这个操作")
            outcome = self.server.bus.run(command, actor=Actor("account", token), command_id=command_id)
            return outcome.answer

        return self._ask("run", answer, dict[str, Any])

    def log_in(self, login: str, password: str) -> dict[str, Any]:
        """The fake knows no accounts."""
        raise Refused("accounts.wrong", "登录账号或密码不正确", rule="A-4")

    def wait(self, seq: int) -> int:
        """Does not wait."""

        def answer() -> int:
            with self.server.store.reading() as db:
                return commit_head(db.connection())[0]

        return self._ask("wait", answer, int)

    def _blob(self, digest: str) -> BlobAnswer | None:
        box = self.server.blobs.get(digest)
        if box is None:
            return None
        return BlobAnswer(digest=digest, size=len(box), durable=digest in self.server.durable)

    def _ask(self, what: str, answer: Callable[[], T], kind: Any) -> T:
        """One request over the network as it is just now."""
        fault = next(self.faults, "none")
        if self.down or fault == "lose request":
            raise Offline("server-unreachable", "无法连接服务器")
        self.watch(f"{what} asked")
        found = answer()
        if fault == "twice":
            found = answer()
        self.watch(f"{what} done")
        if fault == "lose answer":
            raise Offline("server-unreachable", "无法连接服务器")
        made: T = _over(found, kind)
        return made


def _over(message: Any, kind: Any) -> Any:
    """The message as the other side reads it."""
    return msgspec.json.decode(msgspec.json.encode(message), type=kind)
