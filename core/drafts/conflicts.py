"""Keeps conflicts and settles them: the same draft makes the same conflict, on a device and on the server."""

import uuid
from collections.abc import Collection, Sequence

from core.accounts.logins import person_of
from core.context import Context
from core.drafts.merge import Clash, GroupEdit
from core.drafts.models import DraftConflict
from core.errors import NotHere

_NAMESPACE = uuid.UUID("5d2c2f0e-8a3c-5f0b-9f5b-0a1a51c7d7a4")


def keep(ctx: Context, scope: str, table: str, row_id: str, clashes: Sequence[Clash]) -> list[str]:
    """Writes the clashes of the command at hand down, once each; returns their ids."""
    ids = [str(uuid.uuid5(_NAMESPACE, f"{ctx.command_id}/{clash.group}")) for clash in clashes]
    for conflict_id, clash in zip(ids, clashes, strict=True):
        if ctx.db.get(DraftConflict, conflict_id) is None:
            ctx.db.add(
                DraftConflict(
                    id=conflict_id, scope=scope, table_name=table, row_id=row_id, group_name=clash.group,
                    seen=clash.seen, theirs=clash.theirs, mine=clash.mine,
                    actor_id=ctx.actor.id, device_id=ctx.device_id, at_ms=ctx.now_ms,
                    person_id=None if ctx.on_device else person_of(ctx, ctx.actor),
                )
            )  # fmt: skip
    return ids


def settle(
    ctx: Context,
    row_id: str,
    conflict_ids: Sequence[str],
    edits: Sequence[GroupEdit],
    clashes: Sequence[Clash] = (),
) -> None:
    """Closes conflicts of a row: who chose the draft's value writes it with the edit, who did not leaves it out.

    ``clashes`` are what this edit comes to itself: a value that could not be written has not been kept.
    """
    clashed = {clash.group for clash in clashes}
    for conflict_id in conflict_ids:
        conflict = ctx.db.get(DraftConflict, conflict_id)
        if conflict is None or conflict.row_id != row_id:
            raise NotHere("drafts.conflict", "找不到这处冲突", "请联网同步后再试")
        if conflict.settled_ms is None:
            conflict.settled_ms, conflict.kept = ctx.now_ms, _kept(conflict, edits, clashed)


def _kept(conflict: DraftConflict, edits: Sequence[GroupEdit], clashed: Collection[str]) -> str:
    """Which value stands now; where somebody wrote a third one meanwhile, the new conflict takes over."""
    if conflict.group_name in clashed:
        return "superseded"
    wanted = any(e.group == conflict.group_name and e.wanted() == conflict.mine for e in edits)
    return "mine" if wanted else "theirs"
