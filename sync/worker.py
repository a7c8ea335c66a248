"""The threads of sync: one runs rounds on the schedule, one only listens for a word from the server and wakes it."""

import secrets
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Protocol

import structlog

from core.errors import DomainError, Unreachable
from sync.schedule import REVOKED_S, delay_s
from sync.status import StatusBoard
from sync.transport import Transport

_CHANCES = 1 << 16
log = structlog.get_logger()


class Rounds(Protocol):
    """What is run again and again."""

    def round(self) -> None:
        """One round; raises ``DomainError`` when it could not be finished."""

    def close(self) -> None:
        """Lets go of the files that belong to this thread."""


class Worker:
    """Runs rounds until it is stopped; ``wake`` may be called from any thread."""

    def __init__(
        self, open_rounds: Callable[[], Rounds], status: StatusBoard, listening: Transport | None = None
    ) -> None:
        """``open_rounds`` is called on the worker's own thread; ``listening`` is a transport of its own for waiting."""
        self._open_rounds, self._status, self._listening = open_rounds, status, listening
        self._woken, self._stopping = threading.Event(), threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begins; the first round is run at once."""
        self._woken.set()
        jobs = [self._run] if self._listening is None else [self._run, self._listen]
        for job in jobs:
            thread = threading.Thread(target=job, name=f"sync{job.__name__}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def wake(self) -> None:
        """Asks for a round now: something was submitted, or the user wants it."""
        self._woken.set()

    def stop(self, seconds: float = 5.0) -> None:
        """Finishes the round under way and ends; whoever waits for the server is left to end by himself."""
        self._stopping.set()
        self._woken.set()
        if self._threads:
            self._threads[0].join(seconds)

    def _run(self) -> None:
        try:
            with ExitStack() as opened:
                self._rounds(opened)
        finally:
            # Reached without a wish to stop only by a bug, which the thread's hook reports; the screen must know.
            self._status.change(stopped=not self._stopping.is_set())

    def _rounds(self, opened: ExitStack) -> None:
        rounds: Rounds | None = None
        failures = 0
        delay = 0.0
        while True:
            offline = False
            self._woken.wait(delay)
            self._woken.clear()
            if self._stopping.is_set():
                return
            try:
                if rounds is None:
                    rounds = self._opened(opened)
                rounds.round()
                failures = 0
            except DomainError as error:
                failures += 1
                offline = isinstance(error, Unreachable)
                log.info("sync_round_failed", code=error.code, failures=failures)
            delay = delay_s(failures, secrets.randbelow(_CHANCES) / _CHANCES, offline=offline)
            if self._status.now.revoked:
                delay = REVOKED_S

    def _opened(self, opened: ExitStack) -> Rounds:
        """The rounds with their files; trouble with these is told, and the next try comes as after a failed round."""
        try:
            rounds = self._open_rounds()
        except DomainError as error:
            self._status.change(trouble=error)
            raise
        opened.callback(rounds.close)
        return rounds

    def _listen(self) -> None:
        """Waits at the server for the next commit; a server that cannot be reached is asked again later."""
        seq = failures = 0
        while self._listening is not None and not self._stopping.is_set():
            try:
                now = self._listening.wait(seq)
            except DomainError as error:
                failures += 1
                if failures == 1:
                    self._woken.set()  # the next round finds out whether the network is gone, and the screen says so
                delay = delay_s(failures, 1.0, offline=isinstance(error, Unreachable))
                self._stopping.wait(REVOKED_S if self._status.now.revoked else delay)
                continue
            if now != seq or failures:
                self._woken.set()
            seq, failures = now, 0
