"""The worker: a round at once, one more for each wake, one thread's files, and a word when it ends by itself."""

import threading
from collections.abc import Callable

import pytest

from sync.errors import Damaged, Offline
from sync.status import StatusBoard
from sync.worker import Worker

SECONDS = 10.0


class Rounds:
    """Counts rounds; each may fail as told."""

    def __init__(self, *errors: Exception | None) -> None:
        self.errors = list(errors)
        self.ran = threading.Semaphore(0)
        self.closed = threading.Event()
        self.threads: set[int] = set()

    def round(self) -> None:
        """One round."""
        self.threads.add(threading.get_ident())
        error = self.errors.pop(0) if self.errors else None
        self.ran.release()
        if error is not None:
            raise error

    def close(self) -> None:
        """Closed by the thread that ran."""
        self.threads.add(threading.get_ident())
        self.closed.set()


class Listening:
    """A server's word on demand."""

    def __init__(self) -> None:
        self.words: list[Callable[[], int]] = []
        self.heard = threading.Semaphore(0)

    def wait(self, seq: int) -> int:
        """The next word; then nothing for a while."""
        if not self.heard.acquire(timeout=0.2):
            return seq
        return self.words.pop(0)()


def test_it_runs_at_once_and_at_each_wake_on_one_thread() -> None:
    rounds, status = Rounds(Offline("x", "y"), None), StatusBoard()
    worker = Worker(lambda: rounds, status)
    worker.start()
    assert rounds.ran.acquire(timeout=SECONDS)
    worker.wake()
    assert rounds.ran.acquire(timeout=SECONDS)
    worker.stop(SECONDS)
    assert rounds.closed.is_set()
    assert len(rounds.threads) == 1
    assert threading.get_ident() not in rounds.threads
    assert not status.now.stopped


def test_a_word_from_the_server_wakes_it() -> None:
    rounds, listening = Rounds(), Listening()
    worker = Worker(lambda: rounds, StatusBoard(), listening)  # type: ignore[arg-type]
    worker.start()
    assert rounds.ran.acquire(timeout=SECONDS)
    listening.words.append(lambda: 7)
    listening.heard.release()
    assert rounds.ran.acquire(timeout=SECONDS)
    worker.stop(SECONDS)


def test_files_that_cannot_be_opened_now_are_opened_later() -> None:
    """A disk that is busy or away for a moment does not end the program's sync."""
    rounds, status, told = Rounds(), StatusBoard(), threading.Event()
    status.listen(lambda now: told.set() if now.trouble else None)
    ways = iter([Damaged("file-busy", "本机数据文件正被占用"), None])

    def opened() -> Rounds:
        trouble = next(ways)
        if trouble:
            raise trouble
        return rounds

    worker = Worker(opened, status)
    worker.start()
    assert told.wait(SECONDS)
    worker.wake()
    assert rounds.ran.acquire(timeout=SECONDS)
    worker.stop(SECONDS)
    assert rounds.closed.is_set()
    assert not status.now.stopped


@pytest.mark.rule("D-1")
def test_a_revoked_device_asks_no_more_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """D-1: from now on it gets nothing; only a wish of its user, or an hour, makes it ask again."""
    monkeypatch.setattr("sync.worker.delay_s", lambda *_more, **_else: 0.01)
    rounds, status = Rounds(), StatusBoard()
    status.change(revoked=True)
    worker = Worker(lambda: rounds, status)
    worker.start()
    assert rounds.ran.acquire(timeout=SECONDS)
    assert not rounds.ran.acquire(timeout=0.3)
    worker.wake()
    assert rounds.ran.acquire(timeout=SECONDS)
    worker.stop(SECONDS)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_ends_it_and_the_screen_is_told() -> None:
    rounds, status, told = Rounds(ValueError("a bug")), StatusBoard(), threading.Event()
    status.listen(lambda now: told.set() if now.stopped else None)
    worker = Worker(lambda: rounds, status)
    worker.start()
    assert told.wait(SECONDS)
    assert rounds.closed.is_set()
    worker.stop(SECONDS)
