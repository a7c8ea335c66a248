"""What revoked devices have left in quarantine, for their agency's managers (D-1)."""

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import Account
from core.accounts.roles import require
from core.employment.models import Employment
from core.journals import quarantine
from core.practitioners.models import Person
from server.identity import AccountOf
from server.rights import reader
from server.state import Here

router = APIRouter(tags=["devices"])
STRANGERS = "非本机构人员"


class Quarantined(BaseModel):
    """One device's quarantine; ``complete`` says that the device has brought all that it had."""

    device_id: str
    name: str
    kind: str
    revoked_ms: int
    entries: int
    days: list[str]
    kinds: dict[str, int]
    people: dict[str, int]
    complete: bool


@router.get("/agencies/{agency_id}/quarantine")
def quarantined(agency_id: str, caller: AccountOf, here: Here) -> list[Quarantined]:
    """What waits for a manager's decision: how much, of which days, about whom."""
    with here.store.reading() as db:
        require(reader(here, db, caller.actor), "device.quarantine", {"agency_id": agency_id})
        return [
            Quarantined(
                device_id=one.device.id,
                name=one.device.name,
                kind=one.device.kind,
                revoked_ms=one.device.revoked_ms or 0,
                entries=one.entries,
                days=one.days,
                kinds=one.kinds,
                people=_named(db, agency_id, one.persons),
                complete=one.left_ms is not None,
            )
            for one in quarantine.of_agency(db, agency_id)
        ]


class Decided(BaseModel):
    """What a manager decided about entries of one device; ``by`` is his name, empty where nobody has it any more."""

    device_id: str
    at_ms: int
    released: bool
    entries: int
    reason: str | None
    by: str


@router.get("/agencies/{agency_id}/quarantine/decisions")
def decided(agency_id: str, caller: AccountOf, here: Here) -> list[Decided]:
    """Who released or refused what, when and why, the newest first."""
    with here.store.reading() as db:
        require(reader(here, db, caller.actor), "device.quarantine", {"agency_id": agency_id})
        found = quarantine.decisions(db, agency_id)
        owners = select(Account.id, Person.name).join(Person, Person.id == Account.person_id)
        names = dict(db.execute(owners.where(Account.id.in_({one.actor_id for one in found}))).all())
        return [
            Decided(
                device_id=one.device_id,
                at_ms=one.at_ms,
                released=one.released,
                entries=one.entries,
                reason=one.reason,
                by=names.get(one.actor_id or "", ""),
            )
            for one in found
        ]


def _named(db: Session, agency_id: str, persons: dict[str, int]) -> dict[str, int]:
    """By name who works or worked here; everybody else is a stranger."""
    known = select(Employment.person_id, Employment.person_name).where(
        Employment.agency_id == agency_id, Employment.person_id.in_(persons)
    )
    names, found = dict(db.execute(known).all()), dict[str, int]()
    for person, count in persons.items():
        name = names.get(person, STRANGERS)
        found[name] = found.get(name, 0) + count
    return found
