"""Settings of the whole suite: plugins, Hypothesis profiles, Qt without a screen."""

import os
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

pytest_plugins = [
    "tests.plugins.memory",
    "tests.plugins.recordings",
    "tests.plugins.rules",
    "tests.plugins.logs",
    "tests.plugins.sockets",
    "tests.plugins.postgres",
    "tests.plugins.templates",
    "tests.plugins.statements",
    "tests.plugins.garbage",
]

# Before anything imports Qt. A test of real windows sets it for its child process.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_EXAMPLES = DirectoryBasedExampleDatabase(Path(__file__).parent.parent / ".hypothesis" / "examples")
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile(
    "check", max_examples=100, stateful_step_count=30, deadline=None, database=_EXAMPLES, print_blob=True
)
settings.register_profile(
    "soak",
    max_examples=20_000,
    stateful_step_count=200,
    deadline=timedelta(minutes=2),
    database=_EXAMPLES,
    print_blob=True,
    suppress_health_check=_SLOW,
)
settings.load_profile("check")
