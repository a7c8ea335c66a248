"""Handlers of erasure: what stands in the way, the key, and what the features hold of a subject."""

from collections.abc import Callable

from sqlalchemy import update

from core.accounts.closing import close_accounts
from core.audit.recorder import forget_salts
from core.bus import naming
from core.command import handles
from core.context import Context
from core.erasure.commands import EraseAgain, EraseSubject, SubjectKind
from core.erasure.models import Erasure
from core.errors import BadInput, Fault, NotHere, Refused
from core.journals.models import SealedPart

SHORTEST_REASON = 5
_RESTORED = "恢复备份后按删除名单重新删除"

ERASURE_KNOWERS: dict[SubjectKind, Callable[[Context, str], bool]] = {
    "attempt": lambda ctx, subject: ctx.db.get(SealedPart, subject) is not None
}
"""Which feature knows whether there is such a subject."""
ERASURE_BLOCKS: list[Callable[[Context, SubjectKind, str], list[Fault]]] = []
"""Features above that know why somebody's data are still needed: he works for an agency."""
ERASURE_LISTENERS: list[Callable[[Context, SubjectKind, str], None]] = []
"""Features above that drop what they hold of a subject, in the same transaction."""


@handles(EraseSubject)
def erase_subject(ctx: Context, command: EraseSubject) -> dict[str, str]:
    """Destroys, unless the data are still needed; who asks twice is told the same."""
    reason = command.reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise BadInput(
            "erasure.reason", f"删除原因至少 {SHORTEST_REASON} 个字", "请写明依据后再提交", rule="D-2"
        )
    if not ERASURE_KNOWERS[command.kind](ctx, command.subject_id):
        raise NotHere("erasure.unknown", "找不到要删除的对象，什么也没有删除", "请核对类型和编号")
    found = [fault for blocks in ERASURE_BLOCKS for fault in blocks(ctx, command.kind, command.subject_id)]
    if found:
        sentence = "还不能删除，什么也没有删除：" + "；".join(fault.sentence for fault in found)
        raise Refused("erasure.needed", sentence, "请处理后再删除", rule="D-2", faults=tuple(found))
    _destroy(ctx, command.kind, command.subject_id, reason)
    return {"subject_id": command.subject_id}


@handles(EraseAgain)
def erase_again(ctx: Context, command: EraseAgain) -> None:
    """Destroys without asking: it was decided before."""
    _destroy(ctx, command.kind, command.subject_id, _RESTORED)


def _destroy(ctx: Context, kind: SubjectKind, subject_id: str, reason: str) -> None:
    """The key first: what is forgotten elsewhere is unreadable from here on."""
    ctx.vault.erase(ctx.db, subject_id)
    keys = update(SealedPart).where(SealedPart.subject_id == subject_id)
    ctx.db.execute(keys.values(key=None).execution_options(synchronize_session=False))
    forget_salts(ctx.db, subject_id, naming(subject_id))
    if kind == "person":
        close_accounts(ctx.db, ctx.now_ms, subject_id)
    for listener in ERASURE_LISTENERS:
        listener(ctx, kind, subject_id)
    if ctx.db.get(Erasure, subject_id) is None:
        ctx.db.add(
            Erasure(
                subject_id=subject_id, kind=kind, at_ms=ctx.now_ms, actor_kind=ctx.actor.kind,
                actor_id=ctx.actor.id, reason=reason,
            )
        )  # fmt: skip
