"""The form that an office writes when nobody on site can: an online command that makes the same fact (F-1)."""

import msgspec

from core.accounts.logins import person_of
from core.bus import Fact
from core.command import handles
from core.context import Context
from core.errors import BadInput, NotAllowed
from core.journals import sealed
from core.visits import gates, rules
from core.visits.commands import FormSubmitted, SubmitOfficeForm
from core.visits.evidence import FormEvidence
from core.visits.handlers import record_facts


@handles(SubmitOfficeForm)
def submit_office_form(ctx: Context, command: SubmitOfficeForm) -> dict[str, str]:
    """Records the form in server time, after the rules have let it pass."""
    person = person_of(ctx, ctx.actor)
    if person is None:
        raise NotAllowed(
            "visits.office_person", "该账号没有关联人员", "请使用项目负责人或管理人员的账号", rule="F-1"
        )
    if not command.text.work.strip():
        raise BadInput("visits.office_text", "请填写完成的工作内容", "补充后再提交", rule="F-2")
    exists = gates.counting_form(ctx, command.project_id, command.day) is not None
    visits = gates.day_visits(ctx, command.project_id, command.day)
    breaches = rules.office_form_breaches(visits, form_exists=exists)
    if breaches:
        raise breaches[0].refusal()
    _record(ctx, command, person)
    return {"form_id": command.form_id}


def _record(ctx: Context, command: SubmitOfficeForm, person: str) -> None:
    text = FormEvidence(work=command.text.work, problems=command.text.problems, remarks=command.text.remarks)
    sealed.keep_own(ctx, command.form_id, person, msgspec.json.encode(text))
    form = FormSubmitted(
        project_id=command.project_id,
        person_id=person,
        day=command.day,
        complete=command.complete,
        office=True,
    )
    record_facts(ctx, [Fact(command.form_id, form, ctx.actor, None, ctx.now_ms, "proven", "")])
