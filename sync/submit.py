"""The door for screens: facts and drafts are gated, written down, shown; an online command goes to the server."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.command import Command, gate_of, spec_of
from core.context import Actor, Context
from core.crashpoints import reach
from core.errors import BadInput, DomainError, NotHere, Refused
from core.form import require_form
from core.ids import new_id
from core.wire.codec import encode_command
from core.wire.envelope import EntryActor
from sync.blobs import Outbox
from sync.cache.marks import get_mark
from sync.cache.overlay import Overlay
from sync.cache.store import Cache, storage_trouble
from sync.journal.models import Stored
from sync.journals import Journals
from sync.status import StatusBoard
from sync.times import Times
from sync.transport import Transport

log = structlog.get_logger()


class Submitter:
    """Takes commands from the screens of one device; may be called from any thread, one command at a time."""

    def __init__(
        self,
        cache: Cache,
        overlay: Overlay,
        journals: Journals,
        outbox: Outbox,
        transport: Transport,
        device_id: str,
        wake: Callable[[], None],
        status: StatusBoard,
    ) -> None:
        self._cache, self._overlay, self._journals, self._outbox = cache, overlay, journals, outbox
        self._transport, self._device_id, self._wake, self._status = transport, device_id, wake, status
        self._one_at_a_time = threading.Lock()
        self._closed = False

    def submit(
        self,
        command: Command,
        actor: Actor,
        sealed: bytes | None = None,
        blobs: Sequence[bytes] = (),
        session: str | None = None,
    ) -> Stored:
        """Writes a fact or draft down and shows it in the cache; from then on no kill and no power cut loses it.

        ``sealed`` is a fact's personal part as JSON in clear; ``blobs`` are encrypted photos that it names;
        ``session`` is the login in which a draft's account works.
        Raises what the gate refuses or the journal can't take, and then nothing has been written.
        """
        with self._one_at_a_time:
            if self._status.now.left:
                raise Refused("device-left", "本机已停用，不能再记录", "请使用其他设备", rule="D-1")
            if self._closed:
                raise NotHere(
                    "device-closed", "本机数据正在关闭，本次操作没有记录", "请等程序重新打开后再操作一次"
                )
            times = self._journals.here()
            self._ask_gate(command, actor, times)
            for box in blobs:
                self._outbox.put(box)
            reach("before-journal")
            entry = times.journal.append(
                *_wire_name(command),
                encode_command(command),
                _entry_actor(actor),
                session=session,
                sealed=sealed,
            )
            reach("journalled")
            self._show(times)
            reach("cached")
        self._wake()
        return entry

    def _show(self, times: Times) -> None:
        """Lays the new entry over the cache and counts it; what is in the journal is written even if that fails.

        The next gate, round or start catches up from the same mark, so that nobody can begin twice meanwhile.
        """
        try:
            self._overlay.catch_up(times)
            with self._cache.reading() as db:
                position = get_mark(db, "position").on(times.journal)
            # Now, and not with the next round: without a network that takes a while to come to its end.
            self._status.change(waiting=times.journal.deeds(position))
        except (DomainError, SQLAlchemyError) as error:
            log.warning("fact_not_shown", kind=type(error).__name__)

    def close(self) -> None:
        """Takes nothing more, once what is being written stands: only then may files be closed, or go (D-1)."""
        with self._one_at_a_time:
            self._closed = True

    def check(self, command: Command, actor: Actor) -> None:
        """Asks a fact's gate without writing anything: raises what forbids it now."""
        self._ask_gate(command, actor, self._journals.here())

    def online(self, command: Command, *, token: str, command_id: str | None = None) -> dict[str, Any]:
        """Has the server run a command; raises its refusal, or ``Unreachable`` — the caller keeps what was typed.

        Who may press twice makes the id once, with ``new_id()``, and gives it again: it is then one command.
        """
        name, version = _wire_name(command)
        answer = self._transport.run(command_id or new_id(), name, version, encode_command(command), token)
        self._wake()
        return answer

    def _ask_gate(self, command: Command, actor: Actor, times: Times) -> None:
        if spec_of(type(command)).offline == "no":
            raise BadInput("submit-online", "这项操作需要联网办理", "请连接网络后再试", rule="U-1")
        require_form(command)
        now_ms = times.now().ms
        with storage_trouble(self._cache.store.file):
            self._know_all(times)
            with self._cache.store.reading() as db:
                gate_of(type(command))(Context(db, now_ms, actor, self._device_id, on_device=True), command)

    def _know_all(self, times: Times) -> None:
        """The gate has to see every fact that was written, one too that could not be shown at once."""
        with self._cache.reading() as db:
            applied = get_mark(db, "applied").on(times.journal)
        if applied < times.journal.head().dseq:
            self._overlay.catch_up(times)


def _wire_name(command: Command) -> tuple[str, int]:
    spec = spec_of(type(command))
    return spec.name, spec.version


def _entry_actor(actor: Actor) -> EntryActor:
    """Who acted, as an entry names him: somebody, always."""
    if actor.kind == "anyone" or actor.id is None:
        raise BadInput("submit-actor", "无法确定操作人", "请重新验证后再试", rule="U-1")
    return EntryActor(kind=actor.kind, id=actor.id)
