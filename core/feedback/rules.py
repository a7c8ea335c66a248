"""What a complete evaluation says, and what makes it a dispute (V-1, V-2), as pure functions."""

from collections.abc import Collection, Mapping

from core.errors import Fault
from core.feedback.questions import asked

STARS = range(1, 6)
REMARKS_LENGTH = 1000


def faults(
    version: int,
    answers: Mapping[str, bool],
    stars: int,
    ratings: Mapping[str, int],
    people: Collection[str],
    remarks: str,
) -> list[Fault]:
    """Everything that is missing or out of place, at once (V-1)."""
    questions = asked(version)
    if not questions:
        return [Fault("version", "评价问卷已更新，请刷新页面后重新填写")]
    found = [Fault(q.key, f"请回答“{q.title}”") for q in questions if q.key not in answers]
    found += [Fault(key, "问卷中没有这个问题") for key in sorted(answers.keys() - {q.key for q in questions})]
    if stars not in STARS:
        found.append(Fault("stars", "请选择 1 至 5 星的总体评价"))
    for person_id, rating in ratings.items():
        if person_id not in people:
            found.append(Fault("ratings", "只能评价本单所列的执业人员"))
        elif rating not in STARS:
            found.append(Fault("ratings", "对人员的评价应为 1 至 5 星"))
    if len(remarks) > REMARKS_LENGTH:
        found.append(Fault("remarks", f"评价说明不能超过 {REMARKS_LENGTH} 字"))
    return found


def is_disputed(answers: Mapping[str, bool]) -> bool:
    """Whether a "no" among the answers makes the evaluation a dispute (V-2)."""
    return not all(answers.values())
