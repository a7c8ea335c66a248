"""Reads in the background for a screen: one reading at a time, the newest wish wins, nothing stale is shown."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from core.qt.tasks import Explain, Tasks

Result = TypeVar("Result")


class Loader(Generic[Result]):
    """Answers ``ask`` by running the work in a lane; a wish that comes meanwhile runs once, afterwards."""

    def __init__(
        self,
        tasks: Tasks,
        show: Callable[[Result], None],
        explain: Explain | None = None,
        lane: str = "read",
    ) -> None:
        self._tasks, self._show, self._explain, self._lane = tasks, show, explain, lane
        self._key: Hashable = None
        self._busy = False
        self._next: Callable[[], Result] | None = None

    @property
    def busy(self) -> bool:
        """Whether something is being read."""
        return self._busy

    def ask(self, work: Callable[[], Result], key: Hashable = None) -> None:
        """Read; ``key`` says about what, so that an answer about something else is not shown."""
        self._key = key
        if self._busy:
            self._next = work
            return
        self._busy = True
        task = self._tasks.run(work, self._lane).always(self._idle)
        task.then(lambda result: self._show(result) if self._key == key else None)
        if self._explain is not None:
            explain = self._explain
            task.otherwise(lambda error: explain(error) if self._key == key else None)

    def forget(self) -> None:
        """Nobody waits for an answer any more."""
        self._key, self._next = object(), None

    def _idle(self) -> None:
        self._busy = False
        if self._next is not None:
            work, self._next = self._next, None
            self.ask(work, self._key)
