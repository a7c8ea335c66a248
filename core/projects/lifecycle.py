"""The states of a project and ONE table of moves: from, to, by whom, and whether a reason is asked (J-7)."""

from dataclasses import dataclass

from core.errors import Refused

SAVED, SUBMITTED, PRACTISED, RECHECK, COMPLETED, TERMINATED = (
    "saved",
    "submitted",
    "practised",
    "recheck",
    "completed",
    "terminated",
)
ENDED = (COMPLETED, TERMINATED)
"""States that nothing leaves."""
TITLES = {
    SAVED: "已保存",
    SUBMITTED: "已提交",
    PRACTISED: "已执业",
    RECHECK: "待复检",
    COMPLETED: "已完成",
    TERMINATED: "已终止",
}


@dataclass(frozen=True, slots=True)
class Move:
    """One row of J-7: a named move, the states it starts from, the state it leads to."""

    name: str
    title: str
    sources: frozenset[str]
    target: str
    needs_reason: bool = False


MOVES = {
    move.name: move
    for move in (
        Move("submit", "提交", frozenset({SAVED}), SUBMITTED),
        Move("reopen", "重新开放", frozenset({PRACTISED}), SUBMITTED, needs_reason=True),
        Move("terminate", "终止", frozenset({SUBMITTED, PRACTISED, RECHECK}), TERMINATED, needs_reason=True),
    )
}
REASON_LENGTH = (5, 500)


def move_from(state: str, name: str, reason: str | None = None) -> str:
    """The state after a move; raises ``Refused`` when the table does not have it, or the reason is missing."""
    move = MOVES[name]
    if state not in move.sources:
        raise Refused(
            "projects.move", f"{TITLES[state]}的项目不能{move.title}", "请刷新项目状态后再操作", rule="J-7"
        )
    if move.needs_reason and not REASON_LENGTH[0] <= len((reason or "").strip()) <= REASON_LENGTH[1]:
        raise Refused(
            "projects.reason", f"{move.title}需要填写 5 至 500 字的原因", "请补充原因后再提交", rule="J-7"
        )
    return move.target


def shown(base: str, *, complete: bool) -> str:
    """The state that is shown: a counting form with "complete" makes 已执业 of 已提交 and 待复检 (J-7)."""
    return PRACTISED if complete and base in (SUBMITTED, RECHECK) else base


def may_be_practised(base: str) -> bool:
    """Whether a visit may start in this base state (S-1); completeness is judged by the verdict."""
    return base in (SUBMITTED, RECHECK)
