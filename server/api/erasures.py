"""Erasing somebody's personal data on his demand, by an administrator (D-2)."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from core.erasure.commands import EraseSubject, SubjectKind
from core.errors import BadInput
from core.ids import is_id
from server import erasures
from server.identity import AccountOf
from server.state import Here

router = APIRouter(tags=["erasure"])


class EraseRequest(BaseModel):
    """Whose data shall go, and why; ``id`` makes pressing twice one command."""

    model_config = ConfigDict(extra="forbid")
    id: str
    kind: SubjectKind
    subject_id: str
    reason: str


class EraseAnswer(BaseModel):
    """``scrubbed`` is false while others read the database: old pages go with a later write then."""

    subject_id: str
    scrubbed: bool


@router.post("/erasures")
def erase(asked: EraseRequest, caller: AccountOf, here: Here) -> EraseAnswer:
    """Destroys the subject's key for good; what was sealed with it can't be read again, visits and chains stay."""
    if not is_id(asked.subject_id) or len(asked.reason) > 500:
        raise BadInput("erasure.form", "对象编号或删除原因的格式不正确", "请核对编号；原因不超过 500 字")
    command = EraseSubject(kind=asked.kind, subject_id=asked.subject_id, reason=asked.reason)
    outcome, scrubbed = erasures.erase(here, command, caller.actor, asked.id)
    return EraseAnswer(subject_id=outcome.answer["subject_id"], scrubbed=scrubbed)
