"""Named points at which a test may kill this process as hard as a power cut; without two settings they do nothing."""

import os
import signal

ARMED = os.environ.get("ZHIYE_CRASH_POINTS") == "1"
AT = os.environ.get("ZHIYE_CRASH_AT")


def reach(name: str) -> None:
    """Ends the process here and now if this is the point that a test has chosen."""
    if ARMED and name == AT:
        # Nothing is flushed and nothing tidied up; Windows has no SIGKILL, but its exit is as abrupt.
        if hasattr(signal, "SIGKILL"):
            os.kill(os.getpid(), signal.SIGKILL)
        os._exit(137)
