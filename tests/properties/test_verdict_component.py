"""The key property: judging only what is connected leaves the same verdicts as folding everything (S-18)."""


import pytest
from hypothesis import given

from tests.fakes.worlds import Ledger, Step, histories


@pytest.mark.rule("S-18")
@given(histories())
def test_batch_by_batch_is_everything_at_once(steps: list[Step]) -> None:
    """The verdict is a function of all facts and seals, not of their order of arrival."""
    ledger = Ledger()
    for step in steps:
        step.do(ledger)
        assert ledger.verdicts() == ledger.whole()
