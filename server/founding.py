"""Registers an agency with its legal person, its first manager and his account: what everything else needs."""

import uuid
from dataclasses import dataclass, field

from core.accounts import passwords
from core.accounts.commands import CreateAccount
from core.agencies.commands import RegisterAgency
from core.bus import Bus, Outcome
from core.command import Command, spec_of
from core.context import Actor
from core.employment.commands import Employ
from core.practitioners.commands import RegisterPerson

_NAMESPACE = uuid.UUID("6f0c2b1e-4d57-5a41-9a0e-2b7f6f1f9c53")
_OPERATOR = Actor("job", None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Founding:
    """What an operator enters about a new agency; its ids follow from it, so that twice is once."""

    name: str
    uscc: str
    legal_person: str
    manager: str
    login: str
    qualifications: tuple[str, ...]
    password: str = field(repr=False)

    @property
    def agency_id(self) -> str:
        """By the credit code, which registers once (B-3)."""
        return _derived("agency", self.uscc)

    def person_id(self, name: str) -> str:
        """By the name within the agency: a legal person who manages himself is one person."""
        return _derived("person", self.uscc, name)

    def commands(self) -> list[Command]:
        """In an order in which a refusal leaves nothing behind that a repetition does not need."""
        agency_id, manager_id = self.agency_id, self.person_id(self.manager)
        people = dict.fromkeys((self.legal_person, self.manager))
        employ = Employ(
            employment_id=_derived("employment", self.uscc, self.manager), agency_id=agency_id,
            person_id=manager_id, position="representative", manager=True,
        )  # fmt: skip
        return [
            RegisterAgency(
                agency_id=agency_id, name=self.name, uscc=self.uscc, qualifications=list(self.qualifications),
                legal_person_id=self.person_id(self.legal_person), legal_person_name=self.legal_person,
            ),
            *(RegisterPerson(person_id=self.person_id(name), name=name) for name in people),
            *([] if self.manager == self.legal_person else [employ]),  # B-6: he is its manager by himself
            CreateAccount(
                account_id=_derived("account", self.uscc, self.manager, passwords.folded(self.login)),
                login=self.login, password=self.password, person_id=manager_id,
            ),
        ]  # fmt: skip


def found(bus: Bus, founding: Founding) -> Outcome:
    """Carries it out, and after a failure the rest of it; gives the account's outcome."""
    passwords.require_strong(founding.password, "密码")
    done = [
        bus.run(one, actor=_OPERATOR, command_id=_derived(spec_of(type(one)).name, one.committed().decode()))
        for one in founding.commands()
    ]
    return done[-1]


def _derived(*parts: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, "\0".join(parts)))
