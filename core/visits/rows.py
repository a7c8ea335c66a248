"""Makes table rows of facts as the bus brings them, before anybody judges them."""

from typing import Any

from core.bus import Fact
from core.clock import day_of_ms
from core.context import Context
from core.visits.commands import FixEntry, FormSubmitted, VisitEnded, VisitStarted
from core.visits.judging import is_live

_EMPTY = {
    "day": None, "start_id": None, "lat": None, "lon": None, "accuracy_m": None, "age_ms": None, "source": None,
    "flags": "", "live": True, "claims": False, "complete": False, "office": False,
}  # fmt: skip


def _fix(entry: FixEntry | None) -> dict[str, Any]:
    if entry is None:
        return {}
    return {
        "lat": entry.lat, "lon": entry.lon, "accuracy_m": entry.accuracy_m, "age_ms": entry.age_ms,
        "source": entry.source, "flags": " ".join(entry.flags),
    }  # fmt: skip


def fact_row(ctx: Context, fact: Fact) -> dict[str, Any]:
    """The row of a start, an end or a form."""
    command = fact.command
    if not isinstance(command, VisitStarted | VisitEnded | FormSubmitted):
        raise TypeError(f"not a fact of a visit: {type(command).__name__}")
    row = _EMPTY | {
        "id": fact.id, "t_ms": fact.t_ms, "proof": fact.proof, "person_id": command.person_id,
        "project_id": command.project_id, "device_id": fact.device_id, "pending": ctx.on_device,
    }  # fmt: skip
    if isinstance(command, FormSubmitted):
        return row | {"kind": "F", "day": command.day, "complete": command.complete, "office": command.office}
    row |= _fix(command.fix) | {"live": is_live(ctx.db, fact.device_id, command.face.liveness)}
    if isinstance(command, VisitEnded):
        return row | {"kind": "E", "start_id": command.start_id}
    return row | {"kind": "S", "day": day_of_ms(fact.t_ms).isoformat(), "claims": command.claims}
