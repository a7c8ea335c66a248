"""How durations and verdicts are said on the kiosk."""

from core.visits.models import VisitRow
from core.visits.outcome import VerdictState, ZeroReason
from core.visits.wording import duration as duration
from core.visits.wording import reason_of
from kiosk.shown import Tone

TONES = {
    VerdictState.OPEN: Tone.PLAIN,
    VerdictState.VALID: Tone.GOOD,
    VerdictState.ZEROED: Tone.BAD,
    VerdictState.INVALID: Tone.BAD,
    VerdictState.PENDING: Tone.WARN,
}


def verdict(row: VisitRow) -> tuple[str, Tone]:
    """The verdict's word and tone."""
    state = VerdictState(row.state)
    return state.zh, TONES[state]


def why(row: VisitRow) -> str:
    """Why a visit counts zero, or that it waits for a decision."""
    if row.reasons:
        return "、".join(ZeroReason(reason).zh for reason in row.reasons)
    return reason_of(row.rule) if row.rule else ""


def counted(row: VisitRow) -> str:
    """What counts, or why nothing does."""
    state = VerdictState(row.state)
    if state is VerdictState.VALID:
        return f"执业时长　{duration(row.counted_s)}"
    return "" if state is VerdictState.OPEN else f"{state.zh}：{why(row)}" if why(row) else state.zh
