"""Agencies and persons on real databases: codes and certificates register once, numbers are checked."""

import pytest
from sqlalchemy import select

from core.agencies.commands import RegisterAgency
from core.agencies.models import Agency
from core.errors import DomainError
from core.ids import new_id
from core.practitioners.commands import CertificateEntry, RegisterPerson
from tests.factories.refusals import at_once, refused
from tests.factories.server import ServerParts
from tests.factories.world import run, valid_uscc


def agency(**changed: object) -> RegisterAgency:
    fields: dict[str, object] = {
        "agency_id": new_id(), "name": "示例机构", "uscc": valid_uscc(7), "qualifications": ["维护保养检测"],
        "legal_person_id": new_id(), "legal_person_name": "法人",
    }  # fmt: skip
    return RegisterAgency(**(fields | changed))  # type: ignore[arg-type]


@pytest.mark.rule("B-3", "B-6")
def test_a_credit_code_registers_once_also_at_once(server: ServerParts) -> None:
    """A USCC registers once. A second try is told so and whom to ask."""
    answers = at_once(*(lambda: run(server.bus, agency()) for _ in range(3)))
    told = [a for a in answers if isinstance(a, DomainError)]
    assert [(a.code, a.rule, a.hint) for a in told] == [
        ("agencies.known", "B-3", "请联系本机构法人或管理人员")
    ] * 2
    with refused("agencies.form", "B-6") as trouble:
        run(server.bus, agency(uscc="9" * 18, name="", qualifications=["其他"]))
    assert [fault.field for fault in trouble.value.faults] == ["name", "uscc", "qualifications"]
    with server.bus.store.reading() as db:
        assert len(db.scalars(select(Agency)).all()) == 1


@pytest.mark.rule("P-1", "B-6")
def test_a_certificate_belongs_to_one_person(server: ServerParts) -> None:
    """A certificate's kind + number belongs to one person."""

    def person(number: str, kind: str = "operator", id_number: str | None = None) -> RegisterPerson:
        entry = CertificateEntry(kind=kind, number=number)
        return RegisterPerson(person_id=new_id(), name="某人", id_number=id_number, certificates=[entry])

    answers = at_once(*(lambda: run(server.bus, person("C-1")) for _ in range(3)))
    told = [a.code for a in answers if isinstance(a, DomainError)]
    assert told == ["practitioners.certificate_taken"] * 2
    with refused("practitioners.certificate_taken", "P-1"):
        run(server.bus, person(" C-1 "))
    run(server.bus, person("C-1", "level_2_engineer"))
    with refused("practitioners.certificate"):
        run(server.bus, person("C-2", "driver"))
    with refused("practitioners.id_number"):
        run(server.bus, person("C-3", id_number="110105194912310021"))
    run(server.bus, person("C-3", id_number="11010519491231002x"))


def test_an_id_that_is_taken_is_a_sentence(server: ServerParts) -> None:
    command = agency()
    run(server.bus, command)
    with refused("taken"):
        run(server.bus, agency(agency_id=command.agency_id, uscc=valid_uscc(8)))
