"""Handlers of employment commands, and the roles that employment gives."""

from collections.abc import Callable

from sqlalchemy import or_, select

from core.accounts.logins import person_of
from core.accounts.roles import EMPLOYEE, LEGAL_PERSON, MANAGER, may, role_source
from core.agencies.models import Agency
from core.command import handles
from core.context import Actor, Context
from core.employment.commands import Employ, EndEmployment
from core.employment.models import Employment
from core.employment.rules import REPRESENTATIVE, positions
from core.erasure.commands import SubjectKind
from core.erasure.handlers import ERASURE_BLOCKS
from core.errors import Fault, NotAllowed, NotHere, Refused
from core.practitioners.handlers import forget_templates
from core.practitioners.models import Certificate, Person

_POSITIONS = {"engineer": "注册消防工程师", "operator": "操作人员", "representative": "法人授权代表"}

LEAVE_BLOCKS: list[Callable[[Context, Employment], list[Fault]]] = []
"""Features above that know why somebody can't leave yet: his projects, his open visit (E-4)."""
LEAVE_LISTENERS: list[Callable[[Context, Employment], None]] = []
"""Features above that follow a leaving in the same transaction: templates on kiosks (E-5)."""


@handles(Employ)
def employ(ctx: Context, command: Employ) -> dict[str, str]:
    """Enters the employment; a person has one at a time (E-2)."""
    person = ctx.db.get(Person, command.person_id)
    if person is None:
        raise NotHere("practitioners.unknown", "找不到这名从业人员", "请先登记人员信息")
    _require_appointer(ctx, command)
    _require_position(ctx, command)
    if _active(ctx, command.person_id) is not None:
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


def _require_appointer(ctx: Context, command: Employ) -> None:
    """Who may manage is the legal person's word, else one manager makes the next (E-3)."""
    makes_manager = command.manager or command.position == REPRESENTATIVE
    if makes_manager and not may(ctx, "agency.managers", command.subject()):
        raise NotAllowed(
            "employment.manager", "只有法人可以设置公司管理人员和法人授权代表", "请由法人操作", rule="E-3"
        )


def _require_position(ctx: Context, command: Employ) -> None:
    kinds = select(Certificate.kind).where(
        Certificate.person_id == command.person_id,
        or_(Certificate.until_ms.is_(None), Certificate.until_ms > ctx.now_ms),
    )
    if command.position not in positions(set(ctx.db.scalars(kinds))):
        title = _POSITIONS[command.position]
        raise Refused(
            "employment.position", f"该人员的证书不能担任{title}", "请核对证书种类和有效期", rule="E-1"
        )


def _active(ctx: Context, person_id: str) -> Employment | None:
    """The one employment that a person has now (E-2)."""
    return ctx.db.scalar(
        select(Employment).where(Employment.person_id == person_id, Employment.until_ms.is_(None))
    )


@handles(EndEmployment)
def end_employment(ctx: Context, command: EndEmployment) -> None:
    """Ends it now; visits that began before are judged by the status at their start (E-4, E-5)."""
    row = ctx.db.get(Employment, command.employment_id)
    if row is None or row.agency_id != command.agency_id or row.until_ms is not None:
        raise NotHere("employment.unknown", "找不到这条任职记录", "请刷新后再试")
    found = [fault for blocks in LEAVE_BLOCKS for fault in blocks(ctx, row)]
    if found:
        sentence = "还不能离职：" + "；".join(fault.sentence for fault in found)
        raise Refused("employment.busy", sentence, "请处理后再办理", rule="E-4", faults=tuple(found))
    row.until_ms = ctx.now_ms
    forget_templates(ctx, row.person_id)
    ctx.db.flush()
    for listener in LEAVE_LISTENERS:
        listener(ctx, row)


def is_needed(ctx: Context, kind: SubjectKind, subject_id: str) -> list[Fault]:
    """Who works for an agency, or answers for it, is known to its kiosks and in its files (D-2)."""
    if kind != "person":
        return []
    found = [Fault("employment", "该人员仍在任职，请先办理离职")] if _active(ctx, subject_id) else []
    theirs = select(Agency.name).where(Agency.legal_person_id == subject_id)
    return found + [Fault("agency", f"该人员是“{name}”的法人") for name in ctx.db.scalars(theirs)]


ERASURE_BLOCKS.append(is_needed)


@role_source
def employment_roles(ctx: Context, actor: Actor, subject: dict[str, str]) -> set[str]:
    """Employee, manager, legal person — towards the agency that the subject names or implies (A-3).

    A subject that is a person and nothing else implies the agency in which that person works.
    """
    person_id = person_of(ctx, actor)
    if person_id is None:
        return set()
    agency_id = subject.get("agency_id")
    if agency_id is None and subject.keys() == {"person_id"}:
        theirs = _active(ctx, subject["person_id"])
        agency_id = theirs.agency_id if theirs else None
    return roles_in_agency(ctx, person_id, agency_id) if agency_id else set()


def roles_in_agency(ctx: Context, person_id: str, agency_id: str) -> set[str]:
    """What a person is in an agency, now."""
    roles = set()
    row = _active(ctx, person_id)
    if row is not None and row.agency_id == agency_id:
        roles.add(EMPLOYEE)
        if row.manager or row.position == REPRESENTATIVE:
            roles.add(MANAGER)
    agency = ctx.db.get(Agency, agency_id)
    if agency is not None and agency.legal_person_id == person_id:
        roles |= {LEGAL_PERSON, MANAGER, EMPLOYEE}
    return roles
