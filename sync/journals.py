"""One open journal for each thread that writes or reads it: a journal object belongs to one thread."""

import threading
from collections.abc import Callable

from sync.journal.log import Journal
from sync.times import Times


class Journals:
    """Opens the journal for whichever thread asks, once."""

    def __init__(self, open_journal: Callable[[], Journal], server_publics: tuple[bytes, ...]) -> None:
        self._open = open_journal
        self._publics = server_publics
        self._mine = threading.local()

    def here(self) -> Times:
        """The calling thread's journal with its trusted times."""
        found: Times | None = getattr(self._mine, "times", None)
        if found is None:
            found = self._mine.times = Times(self._open(), self._publics)
        return found

    def close(self) -> None:
        """Closes the calling thread's journal; other threads close theirs, or the end of the process does."""
        found: Times | None = getattr(self._mine, "times", None)
        if found is not None:
            found.journal.close()
            del self._mine.times
