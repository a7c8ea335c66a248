"""The only way off the GUI thread: ``tasks.run(work).then(show).otherwise(explain)``.

Work runs in named lanes of one worker each, so that a database or a synchronisation is never entered twice at
once; what it returns is shown on the GUI thread. Nothing here ever makes the GUI thread wait.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

Result = TypeVar("Result")
Explain = Callable[[BaseException], object]


class Task(Generic[Result]):
    """One piece of work under way, and what becomes of its result."""

    def __init__(self, otherwise: Explain) -> None:
        self._show: Callable[[Result], None] | None = None
        self._explain = otherwise
        self._always: Callable[[], None] | None = None
        self._wanted = True
        self.settled = False
        """Whether its outcome has been handed over."""
        self.future: Future[Result] | None = None

    def then(self, show: Callable[[Result], None]) -> "Task[Result]":
        """What to do with the result, on the GUI thread."""
        self._show = show
        return self

    def otherwise(self, explain: Explain) -> "Task[Result]":
        """What to do with an error, on the GUI thread; without this the program's own explanation is used."""
        self._explain = explain
        return self

    def always(self, tidy: Callable[[], None]) -> "Task[Result]":
        """What to do first in either case, such as enabling a button again."""
        self._always = tidy
        return self

    def drop(self) -> None:
        """Nobody waits for this any more: not begun if it has not begun, not shown if it has."""
        self._wanted = False
        if self.future is not None:
            self.future.cancel()

    def deliver(self, future: "Future[Result]") -> None:
        """Hand result or error over; called on the GUI thread only."""
        self.settled = True
        if not self._wanted:
            return
        if self._always is not None:
            self._always()
        error = future.exception()
        if error is not None:
            self._explain(error)
        elif self._show is not None:
            self._show(future.result())


class Tasks(QObject):
    """The lanes of one program; make it on the GUI thread, close it at the end."""

    _done = Signal(object, object)

    def __init__(
        self,
        explain: Explain,
        parent: QObject | None = None,
        *,
        finishing: Iterable[str] = (),
        leaving: Iterable[str] = (),
    ) -> None:
        """Lanes in ``finishing`` do all that stands in them before they close: what they write would be lost.

        Lanes in ``leaving`` wait for others, half a minute perhaps: closing leaves them to end by themselves.
        """
        super().__init__(parent)
        self._explain = explain
        self._finishing, self._leaving = frozenset(finishing), frozenset(leaving)
        self._lanes: dict[str, ThreadPoolExecutor] = {}
        self._open = True
        self._done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(self, work: Callable[[], Result], lane: str = "work") -> Task[Result]:
        """Begin ``work`` in a lane, after what stands in that lane already."""
        task: Task[Result] = Task(self._explain)
        task.future = self._worker(lane).submit(work)
        # The queue behind the signal gives the caller time to say then() and otherwise().
        task.future.add_done_callback(lambda future: self._report(task, future))
        return task

    def close(self) -> None:
        """Finish what has begun and what must be written, drop what else waits, deliver nothing more."""
        self._open = False
        for name, lane in self._lanes.items():
            lane.shutdown(wait=name not in self._leaving, cancel_futures=name not in self._finishing)
        self._lanes.clear()

    def _worker(self, lane: str) -> ThreadPoolExecutor:
        if lane not in self._lanes:
            self._lanes[lane] = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"lane-{lane}")
        return self._lanes[lane]

    def _report(self, task: Task[Any], future: Future[Any]) -> None:
        if self._open and not future.cancelled():
            self._done.emit(task, future)

    @Slot(object, object)
    def _deliver(self, task: Task[Any], future: Future[Any]) -> None:
        if self._open:
            task.deliver(future)
