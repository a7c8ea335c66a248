"""A clock for tests: true time goes on, the wall clock can be moved by hand, the machine can be rebooted."""

from datetime import UTC, datetime

from core.clock import Boot, from_ms, ms_of

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""A Monday, nine o'clock in Shanghai."""


class FakeClock:
    """Keeps true time, the wall clock's error, and the boot apart, so that a test can move each by itself."""

    def __init__(self, start: datetime = START, boot_ms: int = 60_000) -> None:
        self.true_ms = ms_of(start)
        self.wall_error_ms = 0
        self._boots = 1
        self._booted_ms = self.true_ms - boot_ms

    def now(self) -> datetime:
        """The wall clock, with its error."""
        return from_ms(self.true_ms + self.wall_error_ms)

    def monotonic(self) -> float:
        """Seconds of true time."""
        return self.true_ms / 1000

    def boot(self) -> Boot:
        """The boot-time clock: true, whatever the wall clock says."""
        return Boot(f"boot-{self._boots}", self.true_ms - self._booted_ms)

    def advance(
        self, *, ms: int = 0, seconds: int = 0, minutes: int = 0, hours: int = 0, days: int = 0
    ) -> None:
        """Lets true time pass."""
        self.true_ms += ms + 1000 * (seconds + 60 * (minutes + 60 * (hours + 24 * days)))

    def move_wall(self, ms: int) -> None:
        """Moves the wall clock by hand; true time and boot clock do not notice."""
        self.wall_error_ms += ms

    def reboot(self, down_ms: int = 30_000) -> None:
        """Switches the machine off and on again."""
        self.true_ms += down_ms
        self._boots += 1
        self._booted_ms = self.true_ms
