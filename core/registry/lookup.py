"""The port through which the register is asked, and what it answers (G-2)."""

from dataclasses import dataclass
from typing import Literal, Protocol

State = Literal["known", "unknown", "other_name"]
"""There under number and name; not there; there, but under another name (which is not told)."""


@dataclass(frozen=True, slots=True)
class Certified:
    """A certificate as the register has it; ``until_day`` is its last valid day, None if it has no end."""

    kind: str
    number: str
    until_day: str | None


@dataclass(frozen=True, slots=True)
class AgencyAnswer:
    """What the register says of an agency; what is not known under its name has no qualifications."""

    state: State
    qualifications: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonAnswer:
    """What the register says of a person; of one who is not known under the name it tells no certificates."""

    state: State
    certificates: tuple[Certified, ...] = ()


class Registry(Protocol):
    """The register. Each method raises ``Unreachable`` where it can't be asked: that is never an answer."""

    def agency(self, uscc: str, name: str) -> AgencyAnswer:
        """Whether this credit code is registered under this name (G-1)."""

    def person(self, id_number: str, name: str) -> PersonAnswer:
        """Whether this ID number is registered under this name, and with which certificates (G-1)."""
