"""Handlers of employment commands, and the roles that employment gives."""

from sqlalchemy import select

from core.accounts.logins import person_of
from core.accounts.roles import EMPLOYEE, LEGAL_PERSON, MANAGER, role_source
from core.agencies.models import Agency
from core.command import handles
from core.context import Actor, Context
from core.employment.commands import Employ, EndEmployment
from core.employment.models import Employment
from core.errors import NotHere, Refused
from core.practitioners.models import Person


@handles(Employ)
def employ(ctx: Context, command: Employ) -> dict[str, str]:
    """Enters the employment; a person has one at a time (E-2)."""
    person = ctx.db.get(Person, command.person_id)
    if person is None:
        raise NotHere("practitioners.unknown", "找不到这名从业人员", "请先登记人员信息")
    active = select(Employment.id).where(
        Employment.person_id == command.person_id, Employment.until_ms.is_(None)
    )
    if ctx.db.scalar(active):
        raise Refused("employment.second", "该人员已在一家机构任职", "请先办理离职", rule="E-2")
    ctx.db.add(
        Employment(
            id=command.employment_id,
            agency_id=command.agency_id,
            person_id=command.person_id,
            person_name=person.name,
            position=command.position,
            manager=command.manager,
            from_ms=ctx.now_ms,
        )
    )
    return {"employment_id": command.employment_id}


@handles(EndEmployment)
def end_employment(ctx: Context, command: EndEmployment) -> None:
    """Ends it now; visits that began before are judged by the status at their start (E-5)."""
    row = ctx.db.get(Employment, command.employment_id)
    if row is None or row.agency_id != command.agency_id or row.until_ms is not None:
        raise NotHere("employment.unknown", "找不到这条任职记录", "请刷新后再试")
    row.until_ms = ctx.now_ms


@role_source
def employment_roles(ctx: Context, actor: Actor, subject: dict[str, str]) -> set[str]:
    """Employee, manager, legal person — towards the agency that the subject names or implies (A-3)."""
    person_id, agency_id = person_of(ctx, actor), subject.get("agency_id")
    if person_id is None or agency_id is None:
        return set()
    return roles_in_agency(ctx, person_id, agency_id)


def roles_in_agency(ctx: Context, person_id: str, agency_id: str) -> set[str]:
    """What a person is in an agency, now."""
    roles = set()
    row = ctx.db.scalar(
        select(Employment).where(
            Employment.person_id == person_id,
            Employment.agency_id == agency_id,
            Employment.until_ms.is_(None),
        )
    )
    if row is not None:
        roles.add(EMPLOYEE)
        if row.manager or row.position == "representative":
            roles.add(MANAGER)
    agency = ctx.db.get(Agency, agency_id)
    if agency is not None and agency.legal_person_id == person_id:
        roles |= {LEGAL_PERSON, MANAGER, EMPLOYEE}
    return roles
