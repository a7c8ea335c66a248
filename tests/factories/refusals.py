"""Says in one line that something is refused, with which code and by which rule."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from core.errors import DomainError


@contextmanager
def refused(code: str, rule: str | None = None) -> Iterator[pytest.ExceptionInfo[DomainError]]:
    """The block raises a sentence with this code, and with this rule if one is named."""
    with pytest.raises(DomainError) as trouble:
        yield trouble
    assert trouble.value.code == code, trouble.value
    assert rule is None or trouble.value.rule == rule


def at_once(*works: Any) -> list[Any]:
    """Does all of it at the same time; a refusal is given back instead of raised."""

    def outcome(work: Any) -> Any:
        try:
            return work()
        except DomainError as refusal:
            return refusal

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(outcome, works))
