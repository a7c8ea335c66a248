"""Handlers of agency commands."""

from sqlalchemy import select

from core.agencies.commands import RegisterAgency
from core.agencies.models import Agency
from core.agencies.rules import faults
from core.command import handles
from core.context import Context
from core.errors import BadInput, Refused


@handles(RegisterAgency)
def register_agency(ctx: Context, command: RegisterAgency) -> dict[str, str]:
    """Enters the agency; a credit code registers once (B-3)."""
    found = faults(command.name, command.uscc, command.qualifications)
    if found:
        sentence = "机构还不能登记：" + "；".join(fault.sentence for fault in found)
        hint = "请对照营业执照核对后再提交"
        raise BadInput("agencies.form", sentence, hint, rule="B-6", faults=tuple(found))
    if ctx.db.scalar(select(Agency.id).where(Agency.uscc == command.uscc)):
        raise Refused("agencies.known", "该机构已经注册", "请联系本机构法人或管理人员", rule="B-3")
    ctx.db.add(
        Agency(
            id=command.agency_id,
            name=command.name.strip(),
            uscc=command.uscc,
            qualifications=list(command.qualifications),
            legal_person_id=command.legal_person_id,
        )
    )
    return {"agency_id": command.agency_id}
