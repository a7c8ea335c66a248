"""Commands by wire name and version to bytes and back; what this program does not know yet is held, not
refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from core.errors import BadInput

Lookup = Callable[[str, int], type[Any] | None]
"""The registry of commands: a class by name and version, or None; see ``core.command.lookup``."""


@dataclass(frozen=True, slots=True)
class Held:
    """A command of a newer program: kept as bytes, carried out after the upgrade, in its place in the
    order.
    """

    name: str
    version: int


def encode_command(command: msgspec.Struct) -> bytes:
    """The body of a command; name and version stand beside it in the entry."""
    return msgspec.json.encode(command)


def decode_command(lookup: Lookup, name: str, version: int, body: bytes | msgspec.Raw) -> Any | Held:
    """The command in a body, ``Held`` if name or version is unknown here; BadInput if the body breaks its
    type.
    """
    kind = lookup(name, version)
    if kind is None:
        return Held(name, version)
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadInput("command-form", f"操作内容格式不正确：{error}", rule="U-1") from error
