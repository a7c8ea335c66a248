"""A log record at WARNING or above fails the test that did not announce it: ``expect_log("pattern")``."""

import logging
import re
from collections.abc import Generator

import pytest

from core.logs import configure


def pytest_configure() -> None:
    """Events go to the standard library from the first test on, whichever test that is."""
    configure()


_LISTENER = pytest.StashKey["Listener"]()


class Listener(logging.Handler):
    """Keeps what is worth a warning, as one line each."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record's level, logger and message."""
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """Listen from before the first fixture."""
    listener = item.stash[_LISTENER] = Listener()
    logging.getLogger().addHandler(listener)
    yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Fail on what nobody announced, and on what was announced and did not come."""
    yield
    listener = item.stash[_LISTENER]
    patterns = [re.compile(mark.args[0]) for mark in item.iter_markers("expect_log")]
    missing = [p.pattern for p in patterns if not any(p.search(line) for line in listener.lines)]
    if missing:
        pytest.fail(f"expected logs that did not come: {missing}", pytrace=False)
    complain(listener, patterns)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Fixtures that close things must not complain either."""
    listener = item.stash[_LISTENER]
    try:
        yield
    finally:
        logging.getLogger().removeHandler(listener)
    complain(listener, [re.compile(mark.args[0]) for mark in item.iter_markers("expect_log")])


def complain(listener: Listener, patterns: list[re.Pattern[str]]) -> None:
    """Fail with the stray lines, each told once."""
    lines, listener.lines = listener.lines, []
    stray = [line for line in lines if not any(p.search(line) for p in patterns)]
    if stray:
        pytest.fail("stray logs:\n" + "\n".join(stray), pytrace=False)
