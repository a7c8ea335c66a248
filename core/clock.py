"""The only place that reads the time; a clock is always passed in."""

import ctypes
import sys
import time
import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple, Protocol

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""A fixed offset, because China has had no summer time since 1991 and Windows brings no zone data."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Boot(NamedTuple):
    """Where a machine's life stands: which boot, and milliseconds since it, counting through suspend
    (S-11).
    """

    id: str
    ms: int


class Clock(Protocol):
    """Time as the programs see it."""

    def now(self) -> datetime:
        """The wall clock, aware, in UTC; a user may have moved it."""

    def monotonic(self) -> float:
        """Seconds for measuring durations inside one process."""

    def boot(self) -> Boot:
        """The boot-time clock, which no user can move."""


def ms_of(moment: datetime) -> int:
    """Milliseconds since the Unix epoch; exact, without floating point."""
    return (moment - _EPOCH) // _MILLISECOND


def from_ms(ms: int) -> datetime:
    """The aware UTC moment of ``ms_of``."""
    return _EPOCH + ms * _MILLISECOND


def day_of(moment: datetime) -> date:
    """The calendar day in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def day_of_ms(ms: int) -> date:
    """The calendar day in Asia/Shanghai of a wire or database time."""
    return day_of(from_ms(ms))


class SystemClock:
    """The machine's own clocks."""

    def __init__(self) -> None:
        self._boot_id = _boot_id()

    def now(self) -> datetime:
        """The operating system's wall clock."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Python's monotonic clock."""
        return time.monotonic()

    def boot(self) -> Boot:
        """Boot id and milliseconds since boot, suspend included."""
        return Boot(self._boot_id, _boot_ms())


def _boot_id() -> str:
    """An id that is new with every boot.

    Where the system has none, each process counts as a boot of its own: that proves less, and never too much.
    """
    if sys.platform == "linux":
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    if sys.platform == "win32":
        return _windows_boot_id()
    return f"process-{uuid.uuid4()}"


def _boot_ms() -> int:
    if sys.platform == "linux":
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    if sys.platform == "win32":
        tick = ctypes.windll.kernel32.GetTickCount64
        tick.restype = ctypes.c_uint64
        return int(tick())
    return time.monotonic_ns() // 1_000_000


if sys.platform == "win32":
    import winreg

    _BOOTS = r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters"

    def _windows_boot_id() -> str:
        """Windows counts its boots in the registry; the count is missing where the prefetcher is switched
        off.
        """
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _BOOTS) as key:
                return f"windows-{int(winreg.QueryValueEx(key, 'BootId')[0])}"
        except FileNotFoundError:
            return f"process-{uuid.uuid4()}"
