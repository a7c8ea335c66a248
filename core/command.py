"""The base of all commands, and the decorators that register a command, its handler and its gate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeVar, dataclass_transform

import msgspec

from core.context import Actor, Context
from core.db.store import Store

Offline = Literal["fact", "draft", "no"]


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change that somebody asks for: frozen, typed, versioned; the bus alone carries it out."""

    secrets: ClassVar[frozenset[str]] = frozenset()
    """Fields that not even a salted hash may be kept of: a password is worth guessing (A-2)."""

    def committed(self) -> bytes:
        """The body as the audit log commits to it: without what is secret."""
        open_fields = (name for name in self.__struct_fields__ if name not in self.secrets)
        return msgspec.json.encode({name: getattr(self, name) for name in open_fields})

    def subject(self) -> dict[str, str]:
        """The ids that decide about rights: whichever of these fields the command has."""
        names = ("agency_id", "project_id", "person_id", "contact_id", "invitation_id", "feedback_id")
        return {name: getattr(self, name) for name in names if getattr(self, name, None)}

    def from_a_site(self) -> bool:
        """Whether a fact with these values can come from a site's kiosk, or only from an office."""
        return True


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """What a command says about itself: name and version on the wire, title, permission, audit tag, offline class."""

    name: str
    version: int
    title: str
    permission: str
    audit: str
    offline: Offline
    type: type[Command]


class FactOutcome(msgspec.Struct, frozen=True):
    """What became of one recorded fact: its note in the verdict, and the rule that it breaks, if any."""

    fact_id: str
    status: Literal["recorded", "repeated", "void"]
    rule: str | None = None
    sentence: str | None = None


Handler = Callable[[Context, Any], dict[str, Any] | None]
Preparation = Callable[[Store, Actor, Any], Any]
Gate = Callable[[Context, Any], None]
FactHandler = Callable[[Context, Sequence[Any]], list[FactOutcome]]
Retimer = Callable[[Context, Sequence[tuple[str, int, str]]], None]
Concluder = Callable[[Context], None]
C = TypeVar("C", bound=Command)
H = TypeVar("H", bound=Handler)
P = TypeVar("P", bound=Preparation)
G = TypeVar("G", bound=Gate)
F = TypeVar("F", bound=FactHandler)

_SPECS: dict[tuple[str, int], CommandSpec] = {}
_BY_TYPE: dict[type[Command], CommandSpec] = {}
_HANDLERS: dict[type[Command], Handler] = {}
_PREPARATIONS: dict[type[Command], Preparation] = {}
_GATES: dict[type[Command], Gate] = {}
_FACT_HANDLERS: dict[str, FactHandler] = {}
_RETIMERS: list[Retimer] = []
_CONCLUDERS: list[Concluder] = []


def command(
    name: str,
    *,
    title: str,
    permission: str,
    offline: Offline = "no",
    version: int = 1,
    audit: str | None = None,
) -> Callable[[type[C]], type[C]]:
    """Registers a command class under its wire name and version."""

    def register(cls: type[C]) -> type[C]:
        spec = CommandSpec(name, version, title, permission, audit or name.partition(".")[0], offline, cls)
        if (name, version) in _SPECS:
            raise ValueError(f"command {name} version {version} is registered twice")
        _SPECS[(name, version)] = _BY_TYPE[cls] = spec
        return cls

    return register


def handles(cls: type[Command]) -> Callable[[H], H]:
    """Ties a handler to an online command."""

    def register(handler: H) -> H:
        _HANDLERS[cls] = handler
        return handler

    return register


def prepares(cls: type[Command]) -> Callable[[P], P]:
    """Ties to an online command what takes long and so is done before its transaction; the handler is given it."""

    def register(preparation: P) -> P:
        _PREPARATIONS[cls] = preparation
        return preparation

    return register


def gates(cls: type[Command]) -> Callable[[G], G]:
    """Ties a gate to a fact: run on the device before the fact is written down; it refuses by raising."""

    def register(gate: G) -> G:
        _GATES[cls] = gate
        return gate

    return register


def records(*classes: type[Command]) -> Callable[[F], F]:
    """Ties one plural handler to facts: it judges and inserts them set-wise and never refuses."""

    def register(handler: F) -> F:
        for cls in classes:
            _FACT_HANDLERS[_BY_TYPE[cls].name] = handler
        return handler

    return register


def lookup(name: str, version: int) -> type[Command] | None:
    """The class of a command by its wire name and version; None if this program does not know it."""
    spec = _SPECS.get((name, version))
    return spec.type if spec else None


def spec_of(cls: type[Command]) -> CommandSpec:
    """What a command class says about itself."""
    return _BY_TYPE[cls]


def all_specs() -> list[CommandSpec]:
    """Every registered command, by name."""
    return [_SPECS[key] for key in sorted(_SPECS)]


def handler_of(cls: type[Command]) -> Handler:
    """The handler of an online command."""
    return _HANDLERS[cls]


def preparation_of(cls: type[Command]) -> Preparation | None:
    """What is done before the transaction of an online command; None for nearly all."""
    return _PREPARATIONS.get(cls)


def gate_of(cls: type[Command]) -> Gate:
    """The gate of a fact."""
    return _GATES[cls]


def fact_handler_of(name: str) -> FactHandler:
    """The plural handler of facts with this wire name."""
    return _FACT_HANDLERS[name]


def has_handler(cls: type[Command]) -> bool:
    """Whether somebody carries this command out, alone or set-wise."""
    return cls in _HANDLERS or _BY_TYPE[cls].name in _FACT_HANDLERS


def retimes(retimer: Retimer) -> Retimer:
    """Registers a feature's answer to better times of facts that it has recorded (S-11)."""
    _RETIMERS.append(retimer)
    return retimer


def retime(ctx: Context, changed: Sequence[tuple[str, int, str]]) -> None:
    """Tells every feature which facts have another trusted time now, as (fact id, ms, proof)."""
    for retimer in _RETIMERS if changed else ():
        retimer(ctx, changed)


def concludes(concluder: Concluder) -> Concluder:
    """Registers what a feature does on the server at the end of a transaction, when all its rows are written."""
    _CONCLUDERS.append(concluder)
    return concluder


def conclude(ctx: Context) -> None:
    """Asks every feature what follows from the rows that this transaction touched."""
    for concluder in _CONCLUDERS:
        concluder(ctx)
