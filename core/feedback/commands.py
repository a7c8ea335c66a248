"""Commands about evaluations."""

import msgspec

from core.command import Command, command


@command("evaluations.give", title="评价执业反馈单", permission="evaluation.give")
class GiveEvaluation(Command, kw_only=True):
    """A confirmed contact evaluates one feedback, once: six answers, stars, and if he likes each person (V-1)."""

    evaluation_id: str
    project_id: str
    feedback_id: str
    questions: int
    answers: dict[str, bool]
    stars: int
    ratings: dict[str, int] = msgspec.field(default_factory=dict)
    remarks: str = ""
