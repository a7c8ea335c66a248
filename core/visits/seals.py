"""Gives seals: freezes a project-day's verdicts in the server's sequence (S-18)."""

import msgspec
from sqlalchemy import func, select

from core.context import Context
from core.visits.facts import SealKind
from core.visits.models import SealRow
from core.visits.rejudge import rejudge
from core.visits.sealing import seal_day


def give_seal(ctx: Context, project_id: str, day: str, kind: SealKind) -> None:
    """Seals a day as it stands now; what comes later becomes a 更正."""
    known = rejudge(ctx, days=[(project_id, day)])
    seq = (ctx.db.scalar(select(func.max(SealRow.seq))) or 0) + 1
    seal = seal_day(seq, (project_id, day), kind, known.facts, known.verdicts)
    ctx.db.add(
        SealRow(
            seq=seq, project_id=project_id, day=day, kind=kind.value,
            seal=msgspec.json.encode(seal).decode(), at_ms=ctx.now_ms,
        )
    )  # fmt: skip
