"""What a stay is worth in the end: why it counts zero, its state, its counted seconds (S-7, S-8, S-16, S-18)."""

from msgspec.structs import replace

from core.visits.facts import DAY_MS
from core.visits.outcome import SYSTEM, VerdictState, Visit, ZeroReason
from core.visits.pairing import LAST
from core.visits.stays import Stay


def overtime(stay: Stay, as_of_ms: int) -> bool:
    """S-7, S-8: more than 24 h after its start, by its end or, still open, by now; exactly 24 h passes."""
    if stay.closed is not None:
        return False
    stop = stay.end.t_ms if stay.end is not None else as_of_ms
    return stop > stay.order[0] + DAY_MS


def reasons_of(stay: Stay, as_of_ms: int) -> tuple[ZeroReason, ...]:
    """Every reason for zero, in a fixed order; several can hold."""
    found = set(stay.zero)
    if stay.end is not None and stay.end.outside:
        found.add(ZeroReason.AWAY)
    if overtime(stay, as_of_ms):
        found.add(ZeroReason.OVERTIME)
    return tuple(reason for reason in ZeroReason if reason in found)


def doubt_of(stay: Stay) -> str | None:
    """The rule by which a visit waits for a decision."""
    if not stay.trusted or (stay.end is not None and not stay.end.trusted):
        return "S-11"
    if stay.soft:
        return "S-15"
    return "S-7" if stay.end is not None and stay.end.no_position else None


def state_of(stay: Stay, reasons: tuple[ZeroReason, ...]) -> VerdictState:
    """Invalid beats zero, zero beats open, doubt beats valid."""
    if stay.fault is not None:
        return VerdictState.INVALID
    if reasons:
        return VerdictState.ZEROED
    if stay.end is None and stay.closed is None:
        return VerdictState.OPEN
    return VerdictState.VALID if doubt_of(stay) is None else VerdictState.PENDING


def conclude(stay: Stay, as_of_ms: int) -> Visit:
    """The verdict on a stay; one that a seal froze gets nothing but the corrections that came late."""
    corrections = tuple(sorted(stay.corrections))
    if stay.frozen is not None:
        return replace(stay.frozen, corrections=corrections) if corrections else stay.frozen
    reasons = () if stay.fault is not None else reasons_of(stay, as_of_ms)
    state = state_of(stay, reasons)
    closed_by, closed_ms = _closing(stay, reasons)
    end = stay.end
    return Visit(
        stay.id,
        stay.person,
        *stay.key,
        stay.proof,
        stay.order[0],
        end.t_ms if end is not None else None,
        end.id if end is not None else None,
        closed_by,
        closed_ms,
        state,
        reasons,
        stay.fault if stay.fault is not None else doubt_of(stay) if state is VerdictState.PENDING else None,
        (end.t_ms - stay.order[0]) // 1000 if end is not None and state is VerdictState.VALID else 0,
        stay.gone if stay.gone[1] != LAST else None,
        corrections,
    )


def _closing(stay: Stay, reasons: tuple[ZeroReason, ...]) -> tuple[str | None, int | None]:
    if stay.closed is not None:
        return stay.closed.id, stay.closed.t_ms
    if stay.end is None and ZeroReason.OVERTIME in reasons:
        return SYSTEM, stay.order[0] + DAY_MS
    return None, None
