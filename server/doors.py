"""How endpoints reach the bus: decode a command by name and version, and run it under the id of its sender."""

import uuid
from typing import Any

import msgspec

from core.bus import Outcome
from core.command import Command, CommandSpec, lookup, spec_of
from core.context import Actor
from core.errors import BadInput, NotAllowed
from core.ids import is_time_ordered
from core.journals import held
from core.journals.commands import ReleaseQuarantine
from server.state import State

OWN_DOORS = frozenset(
    {
        "contacts.follow", "contacts.register", "devices.pair", "devices.rotate", "erasure.again", "erasure.erase",
        "evaluations.give", "practitioners.portrait",
    }
)  # fmt: skip
"""Commands with an endpoint or page of their own, which does what has to come before the bus."""

_NAMESPACE = uuid.UUID("b0c0f1ae-50b0-5d0c-8a34-1f0a3f6f7e55")


def decoded(name: str, version: int, body: Any) -> Command:
    """The command that an account asks for; facts and drafts come by journals, some others by their own doors."""
    kind = lookup(name, version)
    if kind is None:
        raise BadInput("commands.unknown", "服务器不认识这个操作", "请把程序升级到与服务器相同的版本")
    spec: CommandSpec = spec_of(kind)
    if spec.offline != "no" or name in OWN_DOORS:
        raise NotAllowed("commands.door", f"“{spec.title}”不能用这种方式提交", "请在对应的页面或设备上操作")
    try:
        return msgspec.convert(body, kind)
    except msgspec.ValidationError as error:
        sentence = f"“{spec.title}”的内容格式不正确"
        raise BadInput("commands.body", sentence, f"请核对后重新提交（{error}）") from error


def run(
    here: State, command: Command, *, actor: Actor, command_id: str, device_id: str | None = None
) -> Outcome:
    """Runs a command under the id that its sender gave it; of two equal ones the second gets the first's answer."""
    if not is_time_ordered(command_id):
        raise BadInput("commands.id", "操作编号格式不正确", "请刷新后重新操作")
    outcome = here.bus.run(command, actor=actor, command_id=command_id, device_id=device_id)
    if isinstance(command, ReleaseQuarantine):
        held.carry_out(here.bus)  # a kill before this is made good by the next start
    return outcome


def derived_id(command_id: str, what: str) -> str:
    """An id for what a command makes, the same each time the command comes: equal commands have to be equal."""
    return str(uuid.uuid5(_NAMESPACE, f"{what}/{command_id}"))
