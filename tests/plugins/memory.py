"""What the tests write lies in memory where there is room for it: what they kill are programs, not machines."""

import os
import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ROOM = 4 << 30
"""A suite needs a tenth of it; containers often have 64 MB there."""

if "TMPDIR" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
    # Child processes, PostgreSQL among them, and pytest's own folders follow.
    os.environ["TMPDIR"] = str(_MEMORY)
    tempfile.tempdir = None


def pytest_report_header() -> str:
    """Where to look for what a test has left, and how much room there is."""
    chosen = tempfile.gettempdir()
    return f"what tests write: {chosen} ({shutil.disk_usage(chosen).free >> 20} MB free)"
