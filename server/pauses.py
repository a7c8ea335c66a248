"""When something that was tried may be tried again."""

FIRST_MS = 60_000
MOST_MS = 24 * 3_600_000


class Pauses:
    """After a minute, then after twice as long each time, at last once a day: nothing is given up or goes round."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[int, int]] = {}

    def over(self, what: str, which: str, now_ms: int) -> bool:
        """Whether there is none, or it has passed."""
        until_ms, _pause = self._known.get((what, which), (now_ms, 0))
        return until_ms <= now_ms

    def begin(self, what: str, which: str, now_ms: int) -> None:
        """The next one, twice as long as the one before."""
        _until, before = self._known.get((what, which), (0, 0))
        pause = min(2 * before or FIRST_MS, MOST_MS)
        self._known[what, which] = (now_ms + pause, pause)
