"""Commands about erasure."""

from typing import Annotated, Literal

from msgspec import Meta

from core.command import Command, command
from core.fields import Key

SubjectKind = Literal["person", "contact", "attempt"]
"""A practitioner, a client's contact, or a stranger whose attempt at a kiosk was kept (its entry's id)."""


@command("erasure.erase", title="删除个人信息", permission="subject.erase")
class EraseSubject(Command, kw_only=True):
    """Destroys the subject's key and what else is personal of him, for good (D-2)."""

    kind: SubjectKind
    subject_id: Key
    reason: Annotated[str, Meta(max_length=500)]


@command("erasure.again", title="重新删除个人信息", permission="subject.erase_again")
class EraseAgain(Command, kw_only=True):
    """Destroys what a restored backup has brought back, whatever else stands in that backup (D-2)."""

    kind: SubjectKind
    subject_id: Key
