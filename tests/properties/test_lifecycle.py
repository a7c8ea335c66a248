"""A project's states: no walk of moves and forms leaves the six, and what has ended stays ended."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.errors import Refused
from core.projects import lifecycle

STATES = {"saved", "submitted", "practised", "recheck", "completed", "terminated"}
ALLOWED = {
    ("saved", "submitted"), ("submitted", "practised"), ("practised", "submitted"), ("recheck", "practised"),
    ("submitted", "terminated"), ("practised", "terminated"), ("recheck", "terminated"),
    ("practised", "recheck"), ("practised", "completed"), ("submitted", "completed"),
}  # fmt: skip
"""The table of J-7, without deletion, which leaves no project."""
HAND = {
    ("saved", "submit"): "submitted", ("practised", "reopen"): "submitted", ("submitted", "terminate"): "terminated",
    ("practised", "terminate"): "terminated", ("recheck", "terminate"): "terminated",
}  # fmt: skip


@pytest.mark.rule("J-7")
@pytest.mark.parametrize("state", sorted(STATES))
@pytest.mark.parametrize("name", sorted(lifecycle.MOVES))
def test_the_table_of_moves_is_the_rule(state: str, name: str) -> None:
    """States and moves; nothing else is possible."""
    if (state, name) in HAND:
        assert lifecycle.move_from(state, name, "写明原因五字") == HAND[(state, name)]
    else:
        with pytest.raises(Refused) as refused:
            lifecycle.move_from(state, name, "写明原因五字")
        assert refused.value.rule == "J-7"


@pytest.mark.rule("J-7")
@pytest.mark.parametrize(("length", "good"), [(0, False), (4, False), (5, True), (500, True), (501, False)])
def test_a_reason_has_5_to_500_characters(length: int, good: bool) -> None:
    """With a reason of 5–500 characters; blanks around it don't count."""
    for name, state in (("terminate", "submitted"), ("reopen", "practised")):
        if good:
            assert lifecycle.move_from(state, name, "  " + "因" * length + "\n")
        else:
            with pytest.raises(Refused, match="reason"):
                lifecycle.move_from(state, name, "  " + "因" * length + "\n")


def test_every_state_has_a_title() -> None:
    assert set(lifecycle.TITLES) == STATES


class Walk(RuleBasedStateMachine):
    """One project: hands move its base state, forms tell whether the work is complete, reports bring the rest."""

    def __init__(self) -> None:
        super().__init__()
        self.base = lifecycle.SAVED
        self.complete = False
        self.path = [lifecycle.SAVED]

    @property
    def state(self) -> str:
        """What is shown."""
        return lifecycle.shown(self.base, complete=self.complete)

    def _note(self) -> None:
        if self.path[-1] != self.state:
            self.path.append(self.state)

    @rule(name=st.sampled_from(sorted(lifecycle.MOVES)), reason=st.sampled_from([None, "短", "写明原因五字"]))
    def move(self, name: str, reason: str | None) -> None:
        """Somebody tries a move, as the handlers do."""
        try:
            target = lifecycle.move_from(self.state, name, reason)
        except Refused:
            return
        self.base = target
        self.complete = self.complete and name != "reopen"
        self._note()

    @precondition(lambda self: lifecycle.may_be_practised(self.base))
    @rule(complete=st.booleans())
    def form(self, complete: bool) -> None:
        """A form arrives, or its verdict changes."""
        self.complete = complete
        self._note()

    @precondition(lambda self: self.base in lifecycle.ENDED)
    @rule(complete=st.booleans())
    def late_form(self, complete: bool) -> None:
        """Late facts never leave 已完成 or 已终止."""
        self.complete = complete
        self._note()
        assert self.state == self.base

    @invariant()
    def stays_in_the_table(self) -> None:
        """Six states, and only moves of the table."""
        assert set(self.path) <= STATES
        steps = set(zip(self.path, self.path[1:], strict=False))
        assert steps <= ALLOWED, steps - ALLOWED
        assert not lifecycle.may_be_practised(self.base) or self.base in ("submitted", "recheck")


TestWalk = pytest.mark.rule("J-7")(Walk.TestCase)
